import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCatalogueErrors } from '../../../src/platform/messages/message-catalogue';

const CONSOLE = join(__dirname, '..');
const folders = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /(^|\/)messages$/.test(path),
);

describe.each(folders)('The texts in web/console/%s', (folder) => {
  it('are the same messages in every language', () => {
    const read = (locale: string): Record<string, string> =>
      JSON.parse(readFileSync(join(CONSOLE, folder, `${locale}.json`), 'utf8')) as Record<string, string>;

    expect(findCatalogueErrors({ en: read('en'), uk: read('uk') })).toEqual([]);
  });
});
