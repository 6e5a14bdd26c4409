import type { Language } from '../../model/domain/language';

const MAX_NAME_LENGTH = 120;
const MAX_REASON_LENGTH = 1_000;

const CHARACTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Controls, line ends of every kind, and what turns the direction of a text beyond its end. */
const BREAKS_OUT = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E\u2066-\u2069\s]+/gu;

/** A name as one line that is not too long. */
export function lineOf(name: string, longest = MAX_NAME_LENGTH): string {
  const line = name.replace(BREAKS_OUT, ' ').trim();
  if (line.length <= longest) return line;
  // Between what a reader takes for characters, so that none is cut in two.
  const { index: end } = CHARACTERS.segment(line).containing(longest) ?? { index: longest };
  return `${line.slice(0, end > 0 ? end : longest).trim()}…`;
}

export function reasonLine(reason: string): string {
  return lineOf(reason, MAX_REASON_LENGTH);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** Such as `5.8 MB`, in thousands as storage is sold. */
export function sizeText(bytes: number, language: Language): string {
  // What would be shown as 1,000 of a unit is 1 of the next.
  const power = UNITS.findIndex((_, index) => bytes / 1000 ** index < 999.95);
  const unit = power === -1 ? UNITS.length - 1 : power;
  const format = { style: 'unit', unit: UNITS[unit], maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language, { ...format, unitDisplay: unit === 0 ? 'long' : 'short' }).format(
    bytes / 1000 ** unit,
  );
}

export function momentText(moment: Date, language: Language): string {
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const;
  return `${new Intl.DateTimeFormat(language, format).format(moment)} UTC`;
}
