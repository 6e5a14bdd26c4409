import type { SchemaElement } from 'hyparquet';

const MICROS_PER_DAY = 86_400_000_000n;
const MS_PER_DAY = 86_400_000;
/** The Gregorian calendar repeats itself. */
const DAYS_PER_ERA = 146_097;
const YEARS_PER_ERA = 400;
/** More than a cell shows. */
const MAX_SHOWN_BYTES = 1000;
/** The digits with which each number of 32 bits is written, at most. */
const MAX_DIGITS_OF_FLOAT = 9;

/**
 * A value as PostgreSQL writes it, and as the previews of other formats show it: dates and moments in ISO order, the latter
 * in UTC, decimals with all digits, bytes as `\x…`.
 * @param value as it is in the file: days, microseconds, the digits of a decimal, bytes or text
 */
export function toCellText(
  value: unknown,
  { type, converted_type, logical_type, scale }: SchemaElement,
): string | null {
  if (value === null || value === undefined) return null;
  if (converted_type === 'DECIMAL') return decimalText(value, scale ?? 0);
  if (converted_type === 'DATE') return dateText(Number(value));
  if (converted_type === 'TIMESTAMP_MICROS') {
    return momentText(value as bigint, logical_type?.type === 'TIMESTAMP' && logical_type.isAdjustedToUTC);
  }
  if (value instanceof Uint8Array) return `\\x${toHex(value.subarray(0, MAX_SHOWN_BYTES))}`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : numberText(value, type === 'FLOAT');
  return typeof value === 'string' ? value : (value as bigint | boolean).toString();
}

function decimalText(value: unknown, scale: number): string {
  const digits = String(value instanceof Uint8Array ? toSigned(value) : (value as number | bigint));
  const sign = digits.startsWith('-') ? '-' : '';
  const unsigned = digits.slice(sign.length).padStart(scale + 1, '0');
  return scale === 0 ? sign + unsigned : `${sign}${unsigned.slice(0, -scale)}.${unsigned.slice(-scale)}`;
}

function toSigned(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${toHex(bytes)}`));
}

/** @param days since 1970, also of years that a `Date` does not have */
function dateText(days: number): string {
  const { date, suffix } = toCivil(days);
  return date + suffix;
}

function momentText(micros: bigint, isInUtc: boolean): string {
  const ofDay = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  const { date, suffix } = toCivil(Number((micros - ofDay) / MICROS_PER_DAY));
  const time = new Date(Number(ofDay / 1000n)).toISOString().slice(11, 19);
  const fraction = String(ofDay % 1_000_000n).padStart(6, '0');
  return `${date} ${time}${`.${fraction}`.replace(/\.?0+$/, '')}${isInUtc ? '+00' : ''}${suffix}`;
}

/** The year 1 before Christ is the year 0. */
function toCivil(days: number): { readonly date: string; readonly suffix: string } {
  const era = Math.floor(days / DAYS_PER_ERA);
  const within = new Date((days - era * DAYS_PER_ERA) * MS_PER_DAY);
  const year = within.getUTCFullYear() + era * YEARS_PER_ERA;
  const [shown, suffix] = year > 0 ? [year, ''] : [1 - year, ' BC'];
  return { date: `${String(shown).padStart(4, '0')}-${within.toISOString().slice(5, 10)}`, suffix };
}

/** The shortest digits of a number of 32 bits are fewer than those of the same number of 64 bits. */
function numberText(value: number, isFloat: boolean): string {
  if (!isFloat || !Number.isFinite(value)) return String(value);
  for (let digits = 1; digits < MAX_DIGITS_OF_FLOAT; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(MAX_DIGITS_OF_FLOAT)));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
