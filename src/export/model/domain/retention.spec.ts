import { checkRetention, toRetentionDays, retentionError, toRetentionSeconds, daysToSeconds } from './retention';

describe('Retention', () => {
  it.each([
    [7, 604_800],
    [0.5, 43_200],
    [1e-9, 1],
  ])('converts %d days to whole seconds: %d', (days, seconds) => {
    expect(daysToSeconds(days)).toBe(seconds);
  });

  it('defaults to the configured retention', () => {
    expect([toRetentionSeconds(null), toRetentionSeconds(undefined), toRetentionDays(null)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(toRetentionDays(toRetentionSeconds(1.5))).toBe(1.5);
  });

  it('is limited to the maximum retention', () => {
    const most = daysToSeconds(7);

    expect([retentionError(most, 7), retentionError(null, 7)]).toEqual([null, null]);
    expect(retentionError(most + 1, 7)).toMatchObject({ field: 'retention_days' });
    expect(() => {
      checkRetention(most + 1, 7);
    }).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});
