import { emptyDraft } from '../../export-editor/draft';
import { fromQuery, fromState, toState } from './draft';

describe('A draft in the history of the browser', () => {
  it('survives a reload, without the secret of a webhook', () => {
    const notify = { mail: false, webhook: 'https://a.example', webhookSecret: 'secret' };
    const draft = emptyDraft({ tables: ['جدول "أ"'], scope: 'tables', notify });
    const state = toState(draft);

    expect(fromState(JSON.parse(JSON.stringify(state)))).toEqual({
      ...draft,
      notify: { ...notify, webhookSecret: '' },
    });
    expect(JSON.stringify(state)).not.toContain('secret"');
  });

  it.each([[null], [{}], [{ draft: 7 }], [{ draft: '{' }]])('is not in %j', (state) => {
    expect(fromState(state)).toBeUndefined();
  });
});

describe('fromQuery', () => {
  it('reads what a link says', () => {
    expect(fromQuery({ tables: 'a,b', format: 'csv' })).toMatchObject({
      scope: 'tables',
      tables: ['a', 'b'],
      format: 'csv',
    });
    expect(fromQuery({ data_types: ['profile', 'payments'] })).toMatchObject({
      scope: 'own',
      isEverything: false,
      dataTypes: ['profile', 'payments'],
    });
    expect(fromQuery({})).toBeUndefined();
  });
});
