import { toCellText } from './parquet-values';

const DATE = { name: 'date', type: 'INT32', converted_type: 'DATE' } as const;
const TIMESTAMP = { name: 'at', type: 'INT64', converted_type: 'TIMESTAMP_MICROS' } as const;
const TIMESTAMPTZ = {
  ...TIMESTAMP,
  logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
} as const;
const decimal = (scale: number) => ({ name: 'price', converted_type: 'DECIMAL', scale }) as const;

describe('toCellText', () => {
  it.each([
    ['no value', undefined, DATE, null],
    ['a date', 20_787, DATE, '2026-11-30'],
    ['a date before Christ', -735_160, DATE, '0044-03-15 BC'],
    ['a date that JavaScript does not have', 2_145_042_905, DATE, '5874897-12-31'],
    ['a moment without a time zone', 1_796_040_000_500_000n, TIMESTAMP, '2026-11-30 12:00:00.5'],
    ['a moment before 1970, in UTC', -1n, TIMESTAMPTZ, '1969-12-31 23:59:59.999999+00'],
    ['a decimal below one', -5n, decimal(2), '-0.05'],
    ['a decimal of 16 bytes', Uint8Array.of(0xff, 0xfe), decimal(0), '-2'],
    ['bytes', Uint8Array.of(0, 255), { name: 'bytes', type: 'BYTE_ARRAY' }, '\\x00ff'],
    ['a number of 32 bits', Math.fround(0.1), { name: 'number', type: 'FLOAT' }, '0.1'],
    ['a number of 64 bits', 0.1, { name: 'number', type: 'DOUBLE' }, '0.1'],
    ['a negative zero', -0, { name: 'number', type: 'DOUBLE' }, '-0'],
    ['what is true', true, { name: 'is_new', type: 'BOOLEAN' }, 'true'],
  ] as const)('writes %s as PostgreSQL does', (_, value, element, text) => {
    expect(toCellText(value, element)).toBe(text);
  });
});
