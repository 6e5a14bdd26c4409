import type { Locale } from '../describe-error.js';
import { messages } from '../generated/verify-messages.js';
import { formatMessage, type MessageValues } from '../messages/format-message.js';
import type { Finding } from './report.js';

/** What was found, for a person: one or more sentences that do not name the file. */
export function describeFinding({ code, values = {}, blocks, bytes, rows }: Finding, locale: Locale): string {
  const catalogue = messages[locale];
  const numbers = new Intl.NumberFormat(locale);
  const shown: MessageValues = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? numbers.format(value) : value]),
  );
  const count = (value: number) => numbers.format(value);
  const range = ({ first, last }: { readonly first: number; readonly last: number }) =>
    first === last ? count(first) : `${count(first)}–${count(last)}`;
  return [
    formatMessage(catalogue[code], locale, {
      ...shown,
      ...(blocks && { blocks: range(blocks) }),
      ...(bytes && { start: count(bytes.start), end: count(bytes.end - 1) }),
    }),
    ...(rows ? [formatMessage(catalogue['rows-touched'], locale, { rows: range(rows) })] : []),
  ].join(' ');
}
