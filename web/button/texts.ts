import { formatMessage, type MessageValues } from '../../sdk/src/messages/format-message.js';
import { messages } from './messages/compiled.js';

export type Locale = keyof typeof messages;
export type MessageKey = keyof (typeof messages)['en'];

const SIZE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** The texts, numbers and units of one language. */
export class Texts {
  constructor(readonly locale: Locale) {}

  /** @param languages tags in the order of preference, such as `uk-UA` */
  static for(...languages: readonly (string | null | undefined)[]): Texts {
    const locales = languages.map((tag) => tag?.slice(0, 2).toLowerCase());
    return new Texts(locales.find((locale): locale is Locale => locale !== undefined && locale in messages) ?? 'en');
  }

  get(key: MessageKey, values?: MessageValues): string {
    return formatMessage(messages[this.locale][key], this.locale, values);
  }

  format(name: string): string {
    const key = `format.${name}`;
    return key in messages.en ? this.get(key as MessageKey) : name.toUpperCase();
  }

  number(value: number, options?: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.locale, options).format(value);
  }

  percent(value: number): string {
    return this.number(value / 100, { style: 'percent' });
  }

  size(bytes: number): string {
    const power = Math.min(SIZE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(bytes) / 3)));
    const unit = { style: 'unit', unit: SIZE_UNITS[power] } as const;
    // The short form of English has no plural: "658 byte".
    if (power === 0) return this.number(bytes, { ...unit, unitDisplay: 'long' });
    return this.number(bytes / 1000 ** power, { ...unit, unitDisplay: 'short', maximumSignificantDigits: 2 });
  }

  duration(seconds: number): string {
    const [value, unit] =
      seconds < 100 ? [Math.max(1, Math.round(seconds)), 'second'] : [Math.round(seconds / 60), 'minute'];
    return this.number(value, { style: 'unit', unit, unitDisplay: 'short' });
  }
}
