import { computed, type ComputedRef, ref, watchEffect } from 'vue';
import { formatMessage, type Message, type MessageValues } from '../../sdk/src/messages/format-message.js';
import { messages as buttonMessages } from '../button/messages/compiled.js';
import { Units } from '../shared/units';
import { keep, kept } from './kept';
import { messages as commonMessages } from './messages/compiled.js';

export const LOCALES = { en: 'English', uk: 'Українська' } as const;
export type Locale = keyof typeof LOCALES;

/** The catalogues of a page: the same messages in each language. */
export type Catalogues<Key extends string> = Readonly<Record<Locale, Readonly<Record<Key, Message>>>>;

type CommonKey = keyof (typeof commonMessages)['en'];

const SECOND = 1000;
const RELATIVE_UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** The language of the console: the one that the user chose, else the first that the browser prefers. */
export const locale = ref<Locale>(initialLocale());

watchEffect(() => {
  document.documentElement.lang = locale.value;
});

export function chooseLocale(chosen: Locale): void {
  locale.value = chosen;
  keep('locale', chosen);
}

/** The texts of one page, or component, in one language, with the common ones. */
export class Texts<Key extends string> extends Units<Locale> {
  constructor(
    locale: Locale,
    private readonly catalogues: Catalogues<Key>,
  ) {
    super(locale);
  }

  get(key: Key | CommonKey, values?: MessageValues): string {
    const own: Readonly<Partial<Record<string, Message>>> = this.catalogues[this.locale];
    const message = own[key] ?? commonMessages[this.locale][key as CommonKey];
    return formatMessage(message, this.locale, values);
  }

  /** The text of a code that the service sent; the code itself where there is no text for it. */
  code(prefix: string, code: string): string {
    const key = `${prefix}.${code}`;
    return key in this.catalogues.en || key in commonMessages.en ? this.get(key as Key) : code;
  }

  /** The name of a format of files, such as "Excel workbook". */
  format(name: string): string {
    const catalogue: Readonly<Partial<Record<string, Message>>> = buttonMessages[this.locale];
    const message = catalogue[`format.${name}`];
    return message === undefined ? name.toUpperCase() : formatMessage(message, this.locale);
  }

  date(iso: string, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }): string {
    return new Intl.DateTimeFormat(this.locale, options).format(new Date(iso));
  }

  dateTime(iso: string, timeZone?: string): string {
    return this.date(iso, { dateStyle: 'medium', timeStyle: 'short', ...(timeZone && { timeZone }) });
  }

  /** Such as "5 minutes ago", or "in 2 days". */
  relative(iso: string, now: number): string {
    const seconds = Math.round((Date.parse(iso) - now) / SECOND);
    const [unit, length] = RELATIVE_UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
    return new Intl.RelativeTimeFormat(this.locale, { numeric: 'auto' }).format(Math.round(seconds / length), unit);
  }
}

/** The texts in the current language. A page passes its own catalogues; each includes the common texts. */
export function useTexts<Key extends string = never>(
  catalogues: Catalogues<Key> = { en: {}, uk: {} } as Catalogues<Key>,
): ComputedRef<Texts<Key>> {
  return computed(() => new Texts(locale.value, catalogues));
}

function initialLocale(): Locale {
  const tags = [kept('locale'), ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  return tags.find((tag): tag is Locale => tag !== undefined && tag in LOCALES) ?? 'en';
}
