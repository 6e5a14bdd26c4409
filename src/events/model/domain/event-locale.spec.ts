import { findCatalogueErrors } from '../../../platform/messages/message-catalogue';
import { collationTags, resolveLocale, RESULTS_CATALOGUE } from './event-locale';

describe('resolveLocale', () => {
  it.each([
    ['uk', 'uk', 'Ім’я'],
    ['uk-UA', 'uk-UA', 'Ім’я'],
    ['UK-ua', 'uk-UA', 'Ім’я'],
    ['zh-Hant-TW', 'zh-Hant-TW', '姓名'],
    ['de-AT-1996-u-co-phonebk', 'de-AT', 'Name'],
    ['ar-EG', 'ar-EG', 'الاسم'],
  ])('resolves the language %s to the tag %s and its labels', (language, tag, name) => {
    const locale = resolveLocale({ language, timeZone: 'UTC' });

    expect([locale.tag, locale.format('column.name')]).toEqual([tag, name]);
  });

  it.each(['fr', 'xx-broken', '', ' ', 'uk_UA', 'not a tag', '\u0000', '__proto__', 'constructor'])(
    'falls back to English for the unsupported language %j',
    (language) => {
      const locale = resolveLocale({ language, timeZone: 'UTC' });

      expect([locale.tag, locale.format('column.name'), locale.format('fact.when')]).toEqual(['en', 'Name', 'When']);
    },
  );

  it.each([
    ['Europe/Kyiv', 'Europe/Kyiv'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['Mars/Base', 'UTC'],
    ['+02:00', 'UTC'],
    ['', 'UTC'],
    ['\u0000', 'UTC'],
  ])('resolves the time zone %j to %s', (timeZone, expected) => {
    expect(resolveLocale({ language: 'en', timeZone }).timeZone).toBe(expected);
  });
});

describe('RESULTS_CATALOGUE', () => {
  it('has the same keys and parameters in every language', () => {
    expect(findCatalogueErrors(RESULTS_CATALOGUE)).toEqual([]);
  });

  it.each(Object.entries(RESULTS_CATALOGUE))('has a distinct text for each key in %s', (_, messages) => {
    const texts = Object.values(messages);

    expect(texts.every((text) => text.trim() === text && text !== '')).toBe(true);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('collationTags', () => {
  it.each([
    ['uk', ['uk-Cyrl-UA', 'uk-Cyrl', 'uk-UA', 'uk']],
    ['zh-TW', ['zh-Hant-TW', 'zh-Hant', 'zh-TW', 'zh']],
    ['xx-broken', ['xx']],
    ['not a tag', []],
  ])('returns for the language %s the tags %j', (language, tags) => {
    expect(collationTags(language)).toEqual(tags);
  });
});
