import { type EstimateOutcome, learnCorrection, NO_CORRECTION } from './estimate-correction';

/** An export of a thousand rows that went as its model said. */
function outcome(traits: Partial<EstimateOutcome> = {}): EstimateOutcome {
  const model = { bytes: 100_000, seconds: 1 };
  return { model, estimatedCount: 1000, count: 1000, fileSize: 100_000, seconds: 1.1, ...traits };
}

const times = (count: number, traits?: Partial<EstimateOutcome>) =>
  Array.from({ length: count }, () => outcome(traits));

describe('learnCorrection', () => {
  it('corrects nothing without finished exports', () => {
    expect(learnCorrection([])).toEqual(NO_CORRECTION);
  });

  it('approaches what finished exports were, the more there are', () => {
    const larger = { fileSize: 200_000, seconds: 3.1 };

    const sizes = [1, 10, 100].map((count) => learnCorrection(times(count, larger)).size);
    const { size, time } = learnCorrection(times(100, larger));

    expect(sizes).toEqual(sizes.toSorted((one, other) => one - other));
    expect(sizes[0]).toBeLessThan(1.3);
    expect(size).toBeCloseTo(2, 1);
    expect(time).toBeCloseTo(3, 0);
  });

  it('ignores outliers, such as an export that was retried after hours', () => {
    const { size, time } = learnCorrection([...times(9), ...times(3, { seconds: 9_000, fileSize: 9e9 })]);

    expect(size).toBeCloseTo(1);
    expect(time).toBeCloseTo(1);
  });

  it('does not blame the format for a wrong number of rows', () => {
    const half = { estimatedCount: 500, model: { bytes: 50_000, seconds: 0.5 } };

    expect(learnCorrection(times(20, half)).size).toBeCloseTo(1);
  });

  it('learns little from small exports, except for what every export takes', () => {
    const small = { model: { bytes: 100, seconds: 0.001 }, estimatedCount: 10, count: 10, fileSize: 900, seconds: 0.8 };

    const { size, time, baseSeconds } = learnCorrection(times(50, small));

    expect(size).toBeLessThan(1.4);
    expect(time).toBe(1);
    expect(baseSeconds).toBeCloseTo(0.7, 1);
  });

  it('learns no time from exports whose clients decided it', () => {
    expect(learnCorrection(times(20, { seconds: null })).time).toBe(1);
  });
});
