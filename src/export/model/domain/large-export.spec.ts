import type { ExportEstimate } from './export-estimate';
import { isLargeProgress, isLargeRequest, largeSlotsOf } from './large-export';

const estimateOf = (traits: Partial<ExportEstimate>): ExportEstimate => ({
  unit: 'rows',
  count: null,
  fileSize: null,
  seconds: null,
  model: { bytes: null, seconds: null },
  ...traits,
});

describe('isLargeRequest', () => {
  it.each<[string, number | null, ExportEstimate | null, boolean]>([
    ['99,999 estimated rows', null, estimateOf({ count: 99_999 }), false],
    ['100,000 estimated rows', null, estimateOf({ count: 100_000 }), true],
    ['few rows that take long', null, estimateOf({ count: 10, seconds: 10 }), true],
    ['rows that could not be counted', null, estimateOf({}), true],
    ['rows without an estimate', null, null, true],
    ['a known number of rows without an estimate', 30, null, false],
    ['fewer estimated rows than the request expects', 200_000, estimateOf({ count: 30 }), false],
  ])('judges %s', (_, total, estimate, isLarge) => {
    expect(isLargeRequest({ total, unit: 'rows' }, estimate)).toBe(isLarge);
  });

  it.each<[string, ExportEstimate | null, boolean]>([
    ['without an estimate', null, false],
    ['of less than 10 seconds', estimateOf({ unit: 'pages', count: 200_000, seconds: 9.99 }), false],
    ['of 10 seconds', estimateOf({ unit: 'pages', count: 30, seconds: 10 }), true],
  ])('judges a drawing %s', (_, estimate, isLarge) => {
    expect(isLargeRequest({ total: null, unit: 'pages' }, estimate)).toBe(isLarge);
  });
});

describe('isLargeProgress', () => {
  it.each([
    [{ done: 0, total: 99_999, unit: 'rows' as const }, false],
    [{ done: 0, total: 100_000, unit: 'rows' as const }, true],
    [{ done: 100_000, total: null, unit: 'rows' as const }, true],
    [{ done: 100_000, total: 100_000, unit: 'pages' as const }, false],
  ])('judges %j', (progress, isLarge) => {
    expect(isLargeProgress(progress)).toBe(isLarge);
  });
});

describe('largeSlotsOf', () => {
  it.each([
    [1, 8, 1],
    [2, 8, 1],
    [4, 2, 2],
    [4, 8, 3],
    [4, 1, 1],
  ])('leaves one of %d slots on %d cores: %d for large exports', (concurrency, cores, most) => {
    expect(largeSlotsOf(concurrency, cores)).toBe(most);
  });
});
