/** A message of an ICU pattern, as `compile-messages.mjs` compiles it. */
export type Message = string | readonly Part[];

/** A text, an argument by its name, a plural by the name of its argument, or the number of the plural around it (0). */
type Part = string | readonly [string] | readonly [string, Readonly<Record<string, Message>>] | 0;

export type MessageValues = Readonly<Record<string, string | number>>;

/**
 * Formats a compiled message.
 * @throws when a value of the message is missing
 */
export function formatMessage(message: Message, locale: string, values: MessageValues = {}): string {
  return format(message, locale, values, 0);
}

function format(message: Message, locale: string, values: MessageValues, count: number): string {
  if (typeof message === 'string') return message;
  return message.map((part) => formatPart(part, locale, values, count)).join('');
}

function formatPart(part: Part, locale: string, values: MessageValues, count: number): string {
  if (typeof part === 'string') return part;
  if (part === 0) return new Intl.NumberFormat(locale).format(count);
  const [name, forms] = part;
  const value = values[name];
  if (value === undefined) throw new Error(`The value "${name}" of the message is missing`);
  if (!forms) return String(value);
  const number = Number(value);
  const form = forms[`=${number}`] ?? forms[new Intl.PluralRules(locale).select(number)] ?? forms['other'];
  return format(form ?? '', locale, values, number);
}
