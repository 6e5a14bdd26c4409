import { minIntervalOf, parseRecurrence } from './recurrence-rule';

describe('parseRecurrence', () => {
  it.each([
    [{ frequency: 'daily' }, { frequency: 'daily', at: '00:00', timeZone: 'UTC' }],
    [
      { frequency: 'hourly', at: '17:45' },
      { frequency: 'hourly', at: '17:45' },
    ],
    [{ frequency: 'weekly', weekday: 'Wed' }, { weekday: 3 }],
    [{ frequency: 'weekly', weekday: 'friday' }, { weekday: 5 }],
    [{ frequency: 'weekly', weekday: 0 }, { weekday: 0 }],
    [{ frequency: 'monthly' }, { dayOfMonth: 1, weekday: null }],
    [{ frequency: ' 0  1 * * * ' }, { frequency: 'cron', cron: '0 1 * * *', at: null }],
    [
      { frequency: 'cron', cron: '*/5 9-17 * * mon-fri' },
      { frequency: 'cron', cron: '*/5 9-17 * * mon-fri' },
    ],
  ])('accepts %j', (input, rule) => {
    expect(parseRecurrence(input)).toMatchObject({ rule });
  });

  it.each([
    [{ frequency: 'yearly' }, 'frequency'],
    [{ frequency: '' }, 'frequency'],
    [{ frequency: '61 * * * *' }, 'frequency'],
    [{ frequency: '* * * * * *' }, 'frequency'],
    [{ frequency: '@reboot' }, 'frequency'],
    [{ frequency: '@daily' }, 'frequency'],
    [{ frequency: '0 1' }, 'frequency'],
    [{ frequency: 'cron' }, 'cron'],
    [{ frequency: 'cron', cron: '0 0 30 2 *' }, 'cron'],
    [{ frequency: 'cron', cron: '0 0 31 4,6 *' }, 'cron'],
    [{ frequency: 'cron', cron: 'H 1 * * *' }, 'cron'],
    [{ frequency: 'cron', cron: `${'1,'.repeat(200)}1 * * * *` }, 'cron'],
    [{ frequency: 'daily', cron: '0 1 * * *' }, 'cron'],
    [{ frequency: '0 1 * * *', cron: '0 1 * * *' }, 'cron'],
    [{ frequency: 'daily', at: '24:00' }, 'at'],
    [{ frequency: 'daily', at: '7:30' }, 'at'],
    [{ frequency: '0 1 * * *', at: '07:30' }, 'at'],
    [{ frequency: 'daily', weekday: 1 }, 'weekday'],
    [{ frequency: 'weekly', weekday: 7 }, 'weekday'],
    [{ frequency: 'weekly', weekday: 'someday' }, 'weekday'],
    [{ frequency: 'monthly', dayOfMonth: 32 }, 'day_of_month'],
    [{ frequency: 'monthly', dayOfMonth: 1.5 }, 'day_of_month'],
    [{ frequency: 'daily', timeZone: 'Europe/Atlantis' }, 'timezone'],
    [{ frequency: 'daily', timeZone: '+02:00' }, 'timezone'],
  ])('names the invalid field of %j', (input, field) => {
    expect(parseRecurrence(input)).toEqual({ errors: [{ field, message: expect.any(String) }] });
  });

  it('names every invalid field at once', () => {
    const input = { frequency: 'daily', at: 'noon', weekday: 1, timeZone: 'Mars' };

    expect(parseRecurrence(input)).toMatchObject({
      errors: [{ field: 'at' }, { field: 'weekday' }, { field: 'timezone' }],
    });
  });
});

describe('minIntervalOf', () => {
  it.each([
    ['* * * * *', 1],
    ['*/15 * * * *', 15],
    ['0,5 * * * *', 5],
    ['5,0 * * * *', 5],
    ['0,50 * * * *', 10],
    ['0,50 */2 * * *', 50],
    ['0,20 9,10 * * 1-5', 20],
    ['59 0-22 * * *', 60],
    ['0 1 * * *', 1440],
    ['5,55 0,23 * * *', 10],
    ['5,55 0,23 * * 1', 50],
    ['5,55 0,23 * * 1,2', 10],
    ['5,55 0,23 1,31 * *', 10],
    ['5,55 0,23 1,15 * *', 50],
    ['5,55 0,23 28,1 2,3 *', 10],
    ['0 1 29 2 *', Infinity],
  ])('returns for %s %d minutes', (cron, minutes) => {
    const rule = { frequency: 'cron', cron, at: null, weekday: null, dayOfMonth: null, timeZone: 'UTC' } as const;

    expect(minIntervalOf(rule)).toBe(minutes);
  });

  it.each(['hourly', 'daily', 'weekly', 'monthly'])('returns for %s an hour or more', (frequency) => {
    const read = parseRecurrence({ frequency });

    expect('rule' in read && minIntervalOf(read.rule)).toBeGreaterThanOrEqual(60);
  });
});
