import { findCatalogueErrors } from '../../../src/platform/messages/message-catalogue';
import en from './en.json';
import ru from './ru.json';
import uk from './uk.json';

describe('The texts of <export-button>', () => {
  it('are the same messages in every language', () => {
    expect(findCatalogueErrors({ en, uk, ru })).toEqual([]);
  });
});
