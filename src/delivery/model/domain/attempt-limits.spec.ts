import { MAX_ATTEMPTS, retryDelayAfter } from './attempt-limits';

describe('The pauses between attempts', () => {
  const pauses = (chance: number) =>
    Array.from({ length: MAX_ATTEMPTS }, (_, index) => retryDelayAfter(index + 1, chance)).filter(
      (pause) => pause !== null,
    );

  it('begin with seconds, never get shorter, and end after about a day', () => {
    const usual = pauses(0.5);

    const hours = usual.reduce((sum, pause) => sum + pause, 0) / 3600;

    expect(usual[0]).toBeCloseTo(5);
    expect(usual).toEqual([...usual].sort((one, other) => one - other));
    expect(hours).toBeGreaterThan(22);
    expect(hours).toBeLessThan(25);
  });

  it('differ by a tenth to either side', () => {
    expect(retryDelayAfter(2, 0)).toBeCloseTo(27);
    expect(retryDelayAfter(2, 1)).toBeCloseTo(33);
  });

  it('come to an end', () => {
    expect(retryDelayAfter(MAX_ATTEMPTS - 1)).not.toBeNull();
    expect(retryDelayAfter(MAX_ATTEMPTS)).toBeNull();
  });
});
