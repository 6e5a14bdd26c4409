/** In which languages people are written to. */
export const LANGUAGES = ['en', 'uk', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of a locale such as `uk-UA`; English where we do not write in it. */
export function languageOf(locale: string | null | undefined): Language {
  const [language] = (locale ?? '').toLowerCase().split(/[-_]/);
  return LANGUAGES.find((known) => known === language) ?? 'en';
}
