import { formatMessage, type MessageValues } from '../../sdk/src/messages/format-message.js';
import { Units } from '../shared/units';
import { messages } from './messages/compiled.js';

export type Locale = keyof typeof messages;
export type MessageKey = keyof (typeof messages)['en'];

/** The texts, numbers and units of one language. */
export class Texts extends Units<Locale> {
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
}
