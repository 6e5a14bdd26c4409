import { type Words, WORDS } from './words';

/** How what is said of an event is written. */
export interface EventLocale {
  /** BCP 47; of a language that there are words for. */
  readonly tag: string;
  readonly words: Words;
  /** As IANA names it; one that exists. */
  readonly timeZone: string;
}

const DEFAULT_LANGUAGE = 'en';
const DEFAULT_TIME_ZONE = 'UTC';

/** The locale of an event, as near to what it says as there is one: its language and zone are any texts. */
export function resolveLocale({ language, timeZone }: { language: string; timeZone: string }): EventLocale {
  const locale = parseTag(language);
  const words = locale && WORDS.get(locale.language);
  const zone = isTimeZone(timeZone) ? timeZone : DEFAULT_TIME_ZONE;
  if (!locale || !words) return { tag: DEFAULT_LANGUAGE, words: WORDS.get(DEFAULT_LANGUAGE) as Words, timeZone: zone };
  return { tag: subtags(locale.language, locale.script, locale.region), words, timeZone: zone };
}

/** The tags under which rules for sorting in a language may be known, the most particular first. */
export function collationTags(language: string): string[] {
  const locale = parseTag(language);
  if (!locale) return [];
  const { script, region } = locale.maximize();
  const name = locale.language;
  return [...new Set([subtags(name, script, region), subtags(name, script), subtags(name, undefined, region), name])];
}

function parseTag(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag);
  } catch {
    return null;
  }
}

function subtags(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('-');
}

/** Names alone: an offset such as +02:00 is none, though Intl of newer versions takes it. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
