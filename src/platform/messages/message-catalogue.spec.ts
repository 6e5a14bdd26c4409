import { findCatalogueErrors, MessageCatalogue } from './message-catalogue';

describe('MessageCatalogue', () => {
  const messages = new MessageCatalogue({
    en: { title: 'Report of {name}', rows: '{count, plural, one {# row} other {# rows}}' },
    uk: { title: 'Звіт: {name}', rows: '{count, plural, one {# рядок} few {# рядки} many {# рядків} other {# рядка}}' },
  });

  it('inserts values without reading them as patterns', () => {
    expect(messages.formatterFor('en')('title', { name: '{count} <b>’s' })).toBe('Report of {count} <b>’s');
  });

  it('chooses plural forms and writes numbers as the language does', () => {
    expect(messages.formatterFor('en')('rows', { count: 12_345 })).toBe('12,345 rows');
    expect(messages.formatterFor('uk')('rows', { count: 23 })).toBe('23 рядки');
    expect(messages.formatterFor('uk')('rows', { count: 12_345 })).toBe('12\u00A0345 рядків');
  });

  it('throws when a value is missing', () => {
    expect(() => messages.formatterFor('en')('title')).toThrow('name');
  });
});

describe('findCatalogueErrors', () => {
  it('accepts languages with the same keys and parameters', () => {
    const en = { a: 'A {name}', b: '{n, plural, one {# of {all}} other {# of {all}}}' };
    const ar = { a: '{name}', b: '{n, plural, zero {} one {} two {} few {} many {} other {{all}}}' };

    expect(findCatalogueErrors({ en, ar })).toEqual([]);
  });

  it('reports missing and unknown keys, other parameters, missing plural forms and invalid patterns', () => {
    const en = { a: '{name}', b: '{n, plural, one {} other {}}', c: 'c', d: 'd' };
    const uk = { a: '{title}', b: '{n, plural, one {} other {}}', d: '{', e: 'e' };

    expect(findCatalogueErrors({ en, uk })).toEqual([
      'uk lacks c',
      'a has other parameters in uk',
      'b lacks the plural form “few” in uk',
      'b lacks the plural form “many” in uk',
      expect.stringContaining('d is no valid pattern in uk'),
      'uk has e, which the first language lacks',
    ]);
  });
});
