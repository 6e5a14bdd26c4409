import { type FormatMessage, MessageCatalogue } from '../../../platform/messages/message-catalogue';
import ar from './messages/ar.json';
import de from './messages/de.json';
import en from './messages/en.json';
import pl from './messages/pl.json';
import ru from './messages/ru.json';
import uk from './messages/uk.json';
import zh from './messages/zh.json';

/** The labels of columns and facts in files of results, by language without region. */
export const RESULTS_CATALOGUE = { en, uk, ru, pl, de, ar, zh };

type ResultsLanguage = keyof typeof RESULTS_CATALOGUE;
export type ResultsMessage = keyof typeof en;

const RESULTS_MESSAGES = new MessageCatalogue<ResultsLanguage, ResultsMessage>(RESULTS_CATALOGUE);

/** How the results of an event are labelled and formatted. */
export interface EventLocale {
  /** A BCP 47 tag whose language has a catalogue. */
  readonly tag: string;
  readonly format: FormatMessage<ResultsMessage>;
  /** An IANA name that exists. */
  readonly timeZone: string;
}

const DEFAULT_LANGUAGE: ResultsLanguage = 'en';
const DEFAULT_TIME_ZONE = 'UTC';

/**
 * The locale nearest to an event's. Its language and time zone are free text, so English and UTC
 * stand in for unknown ones.
 */
export function resolveLocale({ language, timeZone }: { language: string; timeZone: string }): EventLocale {
  const locale = parseTag(language);
  const zone = isTimeZone(timeZone) ? timeZone : DEFAULT_TIME_ZONE;
  if (!locale || !hasCatalogue(locale.language)) {
    return { tag: DEFAULT_LANGUAGE, format: RESULTS_MESSAGES.formatterFor(DEFAULT_LANGUAGE), timeZone: zone };
  }
  const { language: name, script, region } = locale;
  return { tag: subtags(name, script, region), format: RESULTS_MESSAGES.formatterFor(locale.language), timeZone: zone };
}

/** The tags under which PostgreSQL may have a collation for a language, the most specific first. */
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

function hasCatalogue(language: string): language is ResultsLanguage {
  return Object.hasOwn(RESULTS_CATALOGUE, language);
}

function subtags(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('-');
}

/** Accepts names only: newer versions of Intl also accept offsets such as +02:00. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
