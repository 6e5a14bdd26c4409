/** The languages of mails. */
export const LANGUAGES = ['en', 'uk', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of a locale such as `uk-UA`; English by default. */
export function languageOf(locale: string | null | undefined): Language {
  const [language] = (locale ?? '').toLowerCase().split(/[-_]/);
  return LANGUAGES.find((known) => known === language) ?? 'en';
}
