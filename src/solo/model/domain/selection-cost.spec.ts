import { assumeSeconds, weighData, weighDrawing } from './selection-cost';

const LIMIT = { limit: 30, windowSeconds: 900 };

describe('The weight of an export of several boards', () => {
  it.each([
    [0, 1],
    [60, 1],
    [60.1, 2],
    [1800, 30],
  ])('of %d s of drawing is %d drawing budgets', (seconds, weight) => {
    expect(weighDrawing(seconds, 60, LIMIT)).toBe(weight);
  });

  it('of data is how many of the largest boards it could be', () => {
    expect([0, 100, 101, 3000].map((bytes) => weighData(bytes, 100, LIMIT))).toEqual([1, 1, 2, 30]);
  });

  it('cannot exceed the limit', () => {
    expect(() => weighDrawing(1801, 60, LIMIT)).toThrow('about 1801 s of drawing time; at most 1800 s are allowed');
    expect(() => weighData(3001, 100, LIMIT)).toThrow('Export fewer boards at once');
  });

  it('is not bounded without a limit', () => {
    expect(weighDrawing(6000, 60, null)).toBe(100);
  });

  it('assumes more for boards that are not measured than they usually need, but no more than may be drawn', () => {
    expect([assumeSeconds(5_000_000, 60), assumeSeconds(500_000_000, 60)]).toEqual([5, 60]);
  });
});
