import { startCpuClock } from '../../../../../test/support/cpu-time';
import { PLANS, walk } from '../../../../../test/support/wall-clock';
import { parseRecurrence, toRecurrence, type RecurrenceInput } from './recurrence-rule';
import type { Recurrence } from './recurrence';

const MINUTE = 60_000;
/** Whatever happens in these tests, clocks included, happens at a multiple of it. */
const STEP = 5 * MINUTE;
/** The same, for slots at quarters of an hour. */
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;

describe('A recurrence by the wall clock', () => {
  it.each([
    ['daily', { at: '03:30' }, 'Europe/Kyiv', ['2027-03-27T01:30Z', '2027-03-28T01:00Z', '2027-03-29T00:30Z']],
    ['daily', { at: '03:30' }, 'Europe/Kyiv', ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['daily', { at: '02:30' }, 'America/New_York', ['2027-03-13T07:30Z', '2027-03-14T07:00Z', '2027-03-15T06:30Z']],
    ['daily', { at: '01:30' }, 'America/New_York', ['2026-10-31T05:30Z', '2026-11-01T05:30Z', '2026-11-02T06:30Z']],
    // The clock goes from 02:00 to 02:30, and back from 02:00 to 01:30.
    ['daily', { at: '02:10' }, 'Australia/Lord_Howe', ['2026-10-02T15:40Z', '2026-10-03T15:30Z', '2026-10-04T15:10Z']],
    ['daily', { at: '01:45' }, 'Australia/Lord_Howe', ['2027-04-02T14:45Z', '2027-04-03T14:45Z', '2027-04-04T15:15Z']],
    ['daily', { at: '00:00' }, 'Asia/Kathmandu', ['2026-01-01T18:15Z', '2026-01-02T18:15Z']],
    // In Ramadan the clock goes back, and forward after it.
    ['daily', { at: '02:30' }, 'Africa/Casablanca', ['2026-02-14T01:30Z', '2026-02-15T01:30Z', '2026-02-16T02:30Z']],
    ['daily', { at: '02:30' }, 'Africa/Casablanca', ['2026-03-21T02:30Z', '2026-03-22T02:00Z', '2026-03-23T01:30Z']],
    // There was no 30 December.
    ['daily', { at: '12:00' }, 'Pacific/Apia', ['2011-12-29T22:00Z', '2011-12-30T10:00Z', '2011-12-30T22:00Z']],
    ['0,30 3,4 * * *', {}, 'Europe/Kyiv', ['2027-03-28T01:00Z', '2027-03-28T01:30Z', '2027-03-29T00:00Z']],
    ['weekly', { weekday: 'sun', at: '03:15' }, 'Europe/Kyiv', ['2027-03-21T01:15Z', '2027-03-28T01:00Z']],
    ['weekly', {}, 'UTC', ['2026-11-23T00:00Z', '2026-11-30T00:00Z', '2026-12-07T00:00Z']],
    ['monthly', { day_of_month: 31 }, 'UTC', ['2028-01-31T00:00Z', '2028-02-29T00:00Z', '2028-03-31T00:00Z']],
    [
      'monthly',
      { day_of_month: 30, at: '12:00' },
      'UTC',
      ['2027-01-30T12:00Z', '2027-02-28T12:00Z', '2027-03-30T12:00Z'],
    ],
    ['monthly', {}, 'Europe/Kyiv', ['2026-11-30T22:00Z', '2026-12-31T22:00Z']],
    ['0 0 L * *', {}, 'UTC', ['2028-02-29T00:00Z', '2028-03-31T00:00Z']],
    ['0 0 29 2 *', {}, 'UTC', ['2096-02-29T00:00Z', '2104-02-29T00:00Z']],
    ['0 9 * * MON#1', {}, 'Europe/Kyiv', ['2026-12-07T07:00Z', '2027-01-04T07:00Z']],
  ] as const)('has the expected slots: %s %j in %s', (frequency, more, timezone, moments) => {
    const recurrence = recurring(frequency, timezone, more);

    const found = first(moments.length, recurrence, new Date(Date.parse(moments[0]) - 1));

    expect(found).toEqual(moments.map((moment) => new Date(moment).toISOString()));
  });
});

describe('A frequent recurrence', () => {
  it.each([
    [
      'hourly',
      { at: '00:30' },
      'Europe/Kyiv',
      ['2026-10-24T23:30Z', '2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-25T02:30Z'],
    ],
    ['hourly', { at: '07:30' }, 'Europe/Kyiv', ['2027-03-28T00:30Z', '2027-03-28T01:30Z', '2027-03-28T02:30Z']],
    ['hourly', {}, 'Europe/Kyiv', ['2027-03-28T00:00Z', '2027-03-28T01:00Z', '2027-03-28T02:00Z']],
    ['*/20 * * * *', {}, 'America/New_York', ['2027-03-14T06:20Z', '2027-03-14T06:40Z', '2027-03-14T07:00Z']],
    [
      '*/30 * * * *',
      {},
      'America/New_York',
      ['2026-11-01T05:00Z', '2026-11-01T05:30Z', '2026-11-01T06:00Z', '2026-11-01T06:30Z', '2026-11-01T07:00Z'],
    ],
    // At 01:00, then where 02:00 should have been, which is 02:30, then at 03:00.
    ['hourly', {}, 'Australia/Lord_Howe', ['2026-10-03T14:30Z', '2026-10-03T15:30Z', '2026-10-03T16:00Z']],
    ['30 */3 * * *', {}, 'Europe/Kyiv', ['2027-03-27T22:30Z', '2027-03-28T01:00Z', '2027-03-28T03:30Z']],
    ['hourly', {}, 'Pacific/Apia', ['2011-12-30T09:00Z', '2011-12-30T10:00Z', '2011-12-30T11:00Z']],
    ['30 */3 25 10,6 *', {}, 'Europe/Kyiv', ['2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-25T04:30Z']],
  ] as const)('follows elapsed time: %s %j in %s', (frequency, more, timezone, moments) => {
    const recurrence = recurring(frequency, timezone, more);

    const found = first(moments.length, recurrence, new Date(Date.parse(moments[0]) - 1));

    expect(found).toEqual(moments.map((moment) => new Date(moment).toISOString()));
  });
});

describe('The clock change at a slot', () => {
  it.each([
    ['a skipped time', 'daily', { at: '03:30' }, 'Europe/Kyiv', ['2027-03-27T01:30Z', '2027-03-28T01:00Z']],
    ['a skipped day', 'daily', { at: '12:00' }, 'Pacific/Apia', ['2011-12-29T22:00Z', '2011-12-30T10:00Z']],
    ['a skipped time before a slot', '0,30 3,4 * * *', {}, 'Europe/Kyiv', ['2027-03-27T02:30Z', '2027-03-28T01:00Z']],
    ['an hour that is made up for', 'hourly', {}, 'Australia/Lord_Howe', ['2026-10-03T14:30Z', '2026-10-03T15:30Z']],
  ] as const)('is a gap for %s', (_, frequency, more, timezone, slots) => {
    expect(changesAt(recurring(frequency, timezone, more), slots)).toEqual([null, 'gap']);
  });

  it.each([
    [
      'the first of two times',
      'daily',
      { at: '01:30' },
      'America/New_York',
      ['2026-10-31T05:30Z', '2026-11-01T05:30Z'],
    ],
    ['the second of two times', 'hourly', {}, 'America/New_York', ['2026-11-01T04:00Z', '2026-11-01T06:00Z']],
  ] as const)('is an overlap for %s', (_, frequency, more, timezone, slots) => {
    expect(changesAt(recurring(frequency, timezone, more), slots)).toEqual([null, 'overlap']);
  });

  it('is none for a slot that comes on time after a gap, and before an overlap', () => {
    const hourly = recurring('hourly', 'Europe/Kyiv');

    expect(changesAt(hourly, ['2027-03-28T01:00Z', '2026-10-24T23:00Z'])).toEqual([null, null]);
    expect(changesAt(recurring('daily', 'Europe/Kyiv', { at: '04:00' }), ['2027-03-28T01:00Z'])).toEqual([null]);
  });
});

/** Computed independently, step by step, from what a wall clock shows. */
describe('A year of slots', () => {
  const PLACES = [
    'UTC',
    'Europe/Kyiv',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Africa/Casablanca',
  ];
  const BEGIN = Date.UTC(2026, 5, 15);
  const END = Date.UTC(2027, 5, 15);
  /** The months in which the clocks of these places are changed. */
  const SEASONS = [
    [Date.UTC(2026, 9, 1), Date.UTC(2026, 10, 5)],
    [Date.UTC(2027, 1, 3), Date.UTC(2027, 3, 8)],
  ] as const;

  it.each(PLACES)('equals a step-by-step walk in %s', (timezone) => {
    const expected = { daily: [] as number[], hourly: [] as number[] };
    for (const { moment, shown, passed } of walk(timezone, BEGIN, END, QUARTER)) {
      if (passed.some((time) => /T(02:15|01:45)$/.test(time))) expected.daily.push(moment);
      if (shown.endsWith(':30')) expected.hourly.push(moment);
    }

    const daily = between(
      BEGIN,
      END,
      recurring('daily', timezone, { at: '02:15' }),
      recurring('daily', timezone, { at: '01:45' }),
    );
    const hourly = between(BEGIN, END, recurring('hourly', timezone, { at: '00:30' }));

    expect(daily).toEqual(expected.daily);
    expect(hourly).toEqual(expected.hourly);
  });

  it.each(PLACES)('equals a walk through the clock changes for each kind of schedule in %s', (timezone) => {
    for (const [begin, end] of SEASONS) {
      const expected = new Map(PLANS.map(({ name }) => [name, [] as number[]]));
      for (const step of walk(timezone, begin, end, STEP)) {
        for (const { name, isSlot } of PLANS) if (isSlot(step)) expected.get(name)!.push(step.moment);
      }

      const found = PLANS.map(({ name, recurrence: { frequency, ...more } }) => {
        return [name, between(begin, end, recurring(frequency, timezone, more))];
      });

      expect(found).toEqual([...expected]);
    }
  });

  it.each(PLACES)('is the same from any moment in %s', (timezone) => {
    const recurrences = [
      recurring('40 */2 * * *', timezone),
      recurring('daily', timezone, { at: '02:10' }),
      recurring('5,50 1-3 * * *', timezone),
    ];
    for (const [recurrence, [begin, end]] of recurrences.flatMap((one) =>
      SEASONS.map((season) => [one, season] as const),
    )) {
      const slots = between(begin, end, recurrence);

      const following = slots.slice(1);
      const middles = following.map((next, index) => slots[index]! + Math.floor((next - slots[index]!) / 2));
      expect(middles.map((middle) => recurrence.nextAfter(new Date(middle))?.getTime())).toEqual(following);
    }
  });

  it.each(PLACES)('keeps the last missed slot due in %s', (timezone) => {
    const recurrence = recurring('*/20 * * * *', timezone);
    const slots = between(BEGIN, BEGIN + 10 * 24 * HOUR, recurrence);
    const now = new Date(slots.at(-1)! + 19 * MINUTE);

    expect(recurrence.latestDue(new Date(slots[0]!), now).getTime()).toBe(slots.at(-1));
    expect(recurrence.latestDue(new Date(slots.at(-1)!), now).getTime()).toBe(slots.at(-1));
    expect(recurrence.latestDue(new Date(slots.at(-2)!), new Date(slots.at(-2)!)).getTime()).toBe(slots.at(-2));
    expect(recurrence.latestDue(new Date(slots[0]!), new Date(slots.at(-2)!)).getTime()).toBe(slots.at(-2));
  });

  it('finds the last slot of many years in constant time', () => {
    const recurrence = recurring('* * * * *', 'Europe/Kyiv');
    const cpuMs = startCpuClock();

    const latest = recurrence.latestDue(new Date('1990-01-01T00:00Z'), new Date('2026-11-25T12:34:56Z'));

    expect(latest.toISOString()).toBe('2026-11-25T12:34:00.000Z');
    expect(cpuMs()).toBeLessThan(1_000);
  });
});

function recurring(
  frequency: string,
  timeZone: string,
  { day_of_month: dayOfMonth, ...more }: Partial<RecurrenceInput> & { day_of_month?: number } = {},
): Recurrence {
  const read = parseRecurrence({ frequency, timeZone, dayOfMonth, ...more });
  if ('errors' in read) throw new Error(JSON.stringify(read.errors));
  return toRecurrence(read.rule);
}

/** What clock changes do to slots that the recurrence has. */
function changesAt(recurrence: Recurrence, slots: readonly string[]): (string | null)[] {
  const moments = slots.map((slot) => new Date(slot));
  expect(moments.map((moment) => recurrence.nextAfter(new Date(moment.getTime() - 1)))).toEqual(moments);
  return moments.map((moment) => recurrence.clockChangeAt(moment));
}

function first(count: number, recurrence: Recurrence, after: Date): string[] {
  const found: string[] = [];
  for (let next = recurrence.nextAfter(after); next && found.length < count; next = recurrence.nextAfter(next)) {
    found.push(next.toISOString());
  }
  return found;
}

/** The moments from `begin` on and before `end`, each once. */
function between(begin: number, end: number, ...recurrences: Recurrence[]): number[] {
  const found = new Set<number>();
  for (const recurrence of recurrences) {
    let next = recurrence.nextAfter(new Date(begin - 1));
    for (; next && next.getTime() < end; next = recurrence.nextAfter(next)) found.add(next.getTime());
  }
  return [...found].sort((one, other) => one - other);
}
