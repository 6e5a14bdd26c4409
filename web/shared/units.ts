const SIZE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Numbers and quantities in one language. */
export class Units<Locale extends string = string> {
  constructor(readonly locale: Locale) {}

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
    const [value, unit] = toTimeUnit(seconds);
    return this.number(value, { style: 'unit', unit, unitDisplay: 'short' });
  }
}

function toTimeUnit(seconds: number): [number, string] {
  if (seconds < 100) return [Math.max(1, Math.round(seconds)), 'second'];
  if (seconds < 2 * HOUR) return [Math.round(seconds / MINUTE), 'minute'];
  return [Math.round(seconds / HOUR), 'hour'];
}
