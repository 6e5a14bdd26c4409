import { bandAt, bandCentre, labelledBands, niceTicks, toHeight, toRuns, toSegments } from './scales';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('niceTicks', () => {
  it.each([
    [0, [0, 1]],
    [Number.NaN, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [10, [0, 5, 10]],
    [97, [0, 50, 100]],
    [120, [0, 50, 100, 150]],
    [1_000_000, [0, 500_000, 1_000_000]],
  ])('spaces the values up to %p by a round step', (max, ticks) => {
    expect(niceTicks(max)).toEqual(ticks);
  });

  it.each([
    [12, [0, 5, 10, 15]],
    [840, [0, 500, 1000]],
    [9 * SECOND, [0, 5, 10].map((seconds) => seconds * SECOND)],
    [100 * SECOND, [0, 30, 60, 90, 120].map((seconds) => seconds * SECOND)],
    [7 * MINUTE, [0, 2, 4, 6, 8].map((minutes) => minutes * MINUTE)],
    [3 * 60 * MINUTE, [0, 60, 120, 180].map((minutes) => minutes * MINUTE)],
    [30 * 24 * 60 * MINUTE, [0, 10, 20, 30].map((days) => days * 24 * 60 * MINUTE)],
  ])('spaces durations of up to %p ms by units of time', (max, ticks) => {
    expect(niceTicks(max, 'milliseconds')).toEqual(ticks);
  });

  it.each(['number', 'milliseconds'] as const)('reaches every maximum with few lines, for %s', (unit) => {
    for (let max = 1; max < 1e12; max *= 1.7) {
      const ticks = niceTicks(max, unit);

      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max * (1 - 1e-9));
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });
});

describe('The bands of an axis', () => {
  it('are found by a position within them', () => {
    const width = 90;

    for (let index = 0; index < 7; index += 1) expect(bandAt(bandCentre(index, 7, width), 7, width)).toBe(index);
    expect([bandAt(-5, 7, width), bandAt(500, 7, width)]).toEqual([0, 6]);
  });

  it('are all labelled where the labels fit', () => {
    expect(labelledBands(7, 700, 60)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('are labelled at equal distances up to the last where they do not', () => {
    expect(labelledBands(30, 300, 60)).toEqual([5, 11, 17, 23, 29]);
    expect(labelledBands(0, 300, 60)).toEqual([]);
  });
});

describe('The marks of a plot', () => {
  it('grow from the bottom', () => {
    expect([toHeight(0, 50, 200), toHeight(25, 50, 200), toHeight(50, 50, 200)]).toEqual([200, 100, 0]);
  });

  it('are stacked without the values that are zero or missing', () => {
    expect(toSegments([4, 0, null, 2])).toEqual([
      { series: 0, from: 0, to: 4 },
      { series: 3, from: 4, to: 6 },
    ]);
  });

  it('are a line that ends where a value is missing', () => {
    expect(toRuns([null, 1, 2, null, null, 3])).toEqual([
      [
        { index: 1, value: 1 },
        { index: 2, value: 2 },
      ],
      [{ index: 5, value: 3 }],
    ]);
  });
});
