import { MAX_ATTEMPTS, retryDelayAfter } from './attempt-limits';

describe('Delivery retry delays', () => {
  const pauses = (chance: number) =>
    Array.from({ length: MAX_ATTEMPTS }, (_, index) => retryDelayAfter(index + 1, chance)).filter(
      (pause) => pause !== null,
    );

  it('start with seconds, never decrease, and end after about a day', () => {
    const usual = pauses(0.5);

    const hours = usual.reduce((sum, pause) => sum + pause, 0) / 3600;

    expect(usual[0]).toBeCloseTo(5);
    expect(usual).toEqual([...usual].sort((one, other) => one - other));
    expect(hours).toBeGreaterThan(22);
    expect(hours).toBeLessThan(25);
  });

  it('have a jitter of a tenth in both directions', () => {
    expect(retryDelayAfter(2, 0)).toBeCloseTo(27);
    expect(retryDelayAfter(2, 1)).toBeCloseTo(33);
  });

  it('end after the last attempt', () => {
    expect(retryDelayAfter(MAX_ATTEMPTS - 1)).not.toBeNull();
    expect(retryDelayAfter(MAX_ATTEMPTS)).toBeNull();
  });
});
