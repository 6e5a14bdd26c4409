import { resolveLocale, collationTags } from './event-locale';
import { WORDS } from './words';

describe('The locale of an event', () => {
  it.each([
    ['uk', 'uk', 'Ім’я'],
    ['uk-UA', 'uk-UA', 'Ім’я'],
    ['UK-ua', 'uk-UA', 'Ім’я'],
    ['zh-Hant-TW', 'zh-Hant-TW', '姓名'],
    ['de-AT-1996-u-co-phonebk', 'de-AT', 'Name'],
    ['ar-EG', 'ar-EG', 'الاسم'],
  ])('has for %s the tag %s and its words', (language, tag, name) => {
    const locale = resolveLocale({ language, timeZone: 'UTC' });

    expect([locale.tag, locale.words.name]).toEqual([tag, name]);
  });

  it.each(['fr', 'xx-broken', '', ' ', 'uk_UA', 'not a tag', '\u0000', '__proto__', 'constructor'])(
    'is English where there are no words for %j',
    (language) => {
      const locale = resolveLocale({ language, timeZone: 'UTC' });

      expect([locale.tag, locale.words]).toEqual(['en', WORDS.get('en')]);
    },
  );

  it.each([
    ['Europe/Kyiv', 'Europe/Kyiv'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['Mars/Base', 'UTC'],
    ['+02:00', 'UTC'],
    ['', 'UTC'],
    ['\u0000', 'UTC'],
  ])('has for the zone %j the zone %s', (timeZone, expected) => {
    expect(resolveLocale({ language: 'en', timeZone }).timeZone).toBe(expected);
  });
});

describe('Words', () => {
  it.each([...WORDS])('of %s tell all columns and facts apart', (_, words) => {
    const all = Object.values(words) as string[];

    expect(Object.keys(words).sort()).toEqual(Object.keys(WORDS.get('en')!).sort());
    expect(all.every((word) => word.trim() === word && word !== '')).toBe(true);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('Rules for sorting', () => {
  it.each([
    ['uk', ['uk-Cyrl-UA', 'uk-Cyrl', 'uk-UA', 'uk']],
    ['zh-TW', ['zh-Hant-TW', 'zh-Hant', 'zh-TW', 'zh']],
    ['xx-broken', ['xx']],
    ['not a tag', []],
  ])('for %s are looked for under %j', (language, tags) => {
    expect(collationTags(language)).toEqual(tags);
  });
});
