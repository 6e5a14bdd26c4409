import { daysOf, lastDays } from './daily-stats';

const NOW = new Date('2026-03-01T15:00:00Z');

describe('lastDays', () => {
  it.each<[string, number, from: string | undefined, to: string | undefined, days: [string, string]]>([
    ['ends with today', 2, undefined, undefined, ['2026-02-28T00:00:00Z', '2026-03-02T00:00:00Z']],
    ['covers today alone', 1, undefined, undefined, ['2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z']],
    ['ends with the period', 2, undefined, '2026-02-10', ['2026-02-08T00:00:00Z', '2026-02-10T00:00:00Z']],
    ['cuts the last day', 2, undefined, '2026-02-10T09:30:00Z', ['2026-02-09T00:00:00Z', '2026-02-10T09:30:00Z']],
    [
      'begins no earlier than the period',
      30,
      '2026-02-27T12:00:00Z',
      undefined,
      ['2026-02-27T12:00:00Z', '2026-03-02'],
    ],
    ['begins later than a long period', 1, '2025-01-01', undefined, ['2026-03-01', '2026-03-02']],
    ['has no days of the future', 1, undefined, '2999-01-01', ['2026-03-01', '2026-03-02']],
    ['is empty in a period of the future', 5, '2998-01-01', '2999-01-01', ['2026-03-02', '2026-03-02']],
  ])('%s', (_, count, from, to, [first, end]) => {
    const period = {
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    };

    expect(lastDays(count, period, NOW)).toEqual({ from: new Date(first), to: new Date(end) });
  });
});

describe('daysOf', () => {
  it('has every day that a period touches', () => {
    const days = daysOf({ from: new Date('2026-02-27T12:00:00Z'), to: new Date('2026-03-01T00:00:01Z') });

    expect(days).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  });

  it('has no day of an empty period', () => {
    expect(daysOf({ from: NOW, to: NOW })).toEqual([]);
  });
});
