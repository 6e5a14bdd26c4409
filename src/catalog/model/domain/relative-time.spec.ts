import { ReferenceTime, RelativeTime } from './relative-time';

const KYIV = 'Europe/Kyiv';
const NEW_YORK = 'America/New_York';

/** What a text means at a moment, as values of filters: one moment, or where a period begins and ends. */
function meaningOf(text: string, now: string, zone: string): string | [string, string] | null {
  const present = new ReferenceTime(now, zone);
  const span = RelativeTime.parse(text)!.at(present.now, present.zone);
  if (!span) return null;
  const start = present.formatMoment(span.start);
  return span.end === null ? start : [start, present.formatMoment(span.end)];
}

describe('A relative time', () => {
  it.each([
    ['now', '2026-11-25T10:20:30.456+02:00'],
    ['now-90s', '2026-11-25T10:19:00.456+02:00'],
    ['now-30m', '2026-11-25T09:50:30.456+02:00'],
    ['now+1h', '2026-11-25T11:20:30.456+02:00'],
    ['now-7d', '2026-11-18T10:20:30.456+02:00'],
    ['now-2w', '2026-11-11T10:20:30.456+02:00'],
    ['now-1M', '2026-10-25T10:20:30.456+02:00'],
    ['now+2y', '2028-11-25T10:20:30.456+02:00'],
    ['now-0d', '2026-11-25T10:20:30.456+02:00'],
    ['now-0007d', '2026-11-18T10:20:30.456+02:00'],
  ])('%s resolves to %s', (text, moment) => {
    expect(meaningOf(text, '2026-11-25T08:20:30.456Z', KYIV)).toBe(moment);
  });

  // It is Wednesday there.
  it.each([
    ['today', '2026-11-25', '2026-11-26'],
    ['yesterday', '2026-11-24', '2026-11-25'],
    ['tomorrow', '2026-11-26', '2026-11-27'],
    ['now/d', '2026-11-25', '2026-11-26'],
    ['now-1d/d', '2026-11-24', '2026-11-25'],
    ['now/w', '2026-11-23', '2026-11-30'],
    ['now-3d/w', '2026-11-16', '2026-11-23'],
    ['now-1M/M', '2026-10-01', '2026-11-01'],
    ['now+1M/M', '2026-12-01', '2027-01-01'],
    ['now/y', '2026-01-01', '2027-01-01'],
    ['now-36h/d', '2026-11-23', '2026-11-24'],
  ])('%s covers %s to %s', (text, from, before) => {
    expect(meaningOf(text, '2026-11-25T08:20:30.456Z', 'UTC')).toEqual([
      `${from}T00:00:00.000+00:00`,
      `${before}T00:00:00.000+00:00`,
    ]);
  });

  it.each([
    ['UTC', '2026-11-25T10:00:00.000+00:00', '2026-11-25T11:00:00.000+00:00'],
    ['Asia/Kathmandu', '2026-11-25T16:00:00.000+05:45', '2026-11-25T17:00:00.000+05:45'],
    ['America/St_Johns', '2026-11-25T07:00:00.000-03:30', '2026-11-25T08:00:00.000-03:30'],
  ])('rounds to hours by the clock of %s', (zone, from, before) => {
    expect(meaningOf('now/h', '2026-11-25T10:59:59.999Z', zone)).toEqual([from, before]);
  });

  it.each([
    ['Pacific/Kiritimati', '2026-11-26T00:00:00.000+14:00', '2026-11-27T00:00:00.000+14:00'],
    ['Pacific/Pago_Pago', '2026-11-24T00:00:00.000-11:00', '2026-11-25T00:00:00.000-11:00'],
  ])('uses the days of %s', (zone, from, before) => {
    expect(meaningOf('today', '2026-11-25T10:30:00Z', zone)).toEqual([from, before]);
  });

  it.each([
    ['2026-03-31T12:00:00Z', 'now-1M', '2026-02-28T12:00:00.000+00:00'],
    ['2028-03-31T12:00:00Z', 'now-1M', '2028-02-29T12:00:00.000+00:00'],
    ['2026-01-31T12:00:00Z', 'now+1M', '2026-02-28T12:00:00.000+00:00'],
    ['2026-12-31T12:00:00Z', 'now+2M', '2027-02-28T12:00:00.000+00:00'],
    ['2026-08-31T12:00:00Z', 'now-18M', '2025-02-28T12:00:00.000+00:00'],
    ['2028-02-29T12:00:00Z', 'now-1y', '2027-02-28T12:00:00.000+00:00'],
    ['2028-02-29T12:00:00Z', 'now-4y', '2024-02-29T12:00:00.000+00:00'],
  ])('clamps to the end of a shorter month: from %s, %s is %s', (now, text, moment) => {
    expect(meaningOf(text, now, 'UTC')).toBe(moment);
  });

  it.each<[string, string, string, string | [string, string]]>([
    // The clocks go from 3:00 to 4:00 on 29 March 2026, and from 4:00 to 3:00 on 25 October.
    ['2026-03-30T09:00:00Z', 'yesterday', KYIV, ['2026-03-29T00:00:00.000+02:00', '2026-03-30T00:00:00.000+03:00']],
    ['2026-10-26T09:00:00Z', 'yesterday', KYIV, ['2026-10-25T00:00:00.000+03:00', '2026-10-26T00:00:00.000+02:00']],
    ['2026-03-29T09:00:00Z', 'now-1d', KYIV, '2026-03-28T12:00:00.000+02:00'],
    ['2026-03-29T09:00:00Z', 'now-24h', KYIV, '2026-03-28T11:00:00.000+02:00'],
    ['2026-10-25T10:00:00Z', 'now-1d', KYIV, '2026-10-24T12:00:00.000+03:00'],
    ['2026-10-25T10:00:00Z', 'now-1w', KYIV, '2026-10-18T12:00:00.000+03:00'],
    ['2026-10-25T10:00:00Z', 'now-24h', KYIV, '2026-10-24T13:00:00.000+03:00'],
    ['2026-10-25T10:00:00Z', 'now-1M/M', KYIV, ['2026-09-01T00:00:00.000+03:00', '2026-10-01T00:00:00.000+03:00']],
    // 3:30 is leapt over; 3:30 comes twice.
    ['2026-03-28T01:30:00Z', 'now+1d', KYIV, '2026-03-29T04:00:00.000+03:00'],
    ['2026-10-24T00:30:00Z', 'now+1d', KYIV, '2026-10-25T03:30:00.000+03:00'],
    ['2026-11-01T05:30:00Z', 'now/h', NEW_YORK, ['2026-11-01T01:00:00.000-04:00', '2026-11-01T01:00:00.000-05:00']],
    ['2026-11-01T06:30:00Z', 'now/h', NEW_YORK, ['2026-11-01T01:00:00.000-05:00', '2026-11-01T02:00:00.000-05:00']],
    // Where the clocks change at midnight: one day begins at 1:00, and one midnight comes twice.
    [
      '2026-04-24T12:00:00Z',
      'today',
      'Africa/Cairo',
      ['2026-04-24T01:00:00.000+03:00', '2026-04-25T00:00:00.000+03:00'],
    ],
    [
      '2026-11-01T12:00:00Z',
      'today',
      'America/Havana',
      ['2026-11-01T00:00:00.000-04:00', '2026-11-02T00:00:00.000-05:00'],
    ],
    // Of 24 hours by the calendar, and no more: half an hour is what the clocks change there.
    ['2026-04-05T12:00:00Z', 'now-1d', 'Australia/Lord_Howe', '2026-04-04T22:30:00.000+11:00'],
  ])('keeps the wall-clock time across offset changes: at %s, %s in %s', (now, text, zone, meaning) => {
    expect(meaningOf(text, now, zone)).toEqual(meaning);
  });

  it('is empty for a day that a time zone skipped', () => {
    const leap = '2011-12-31T00:00:00.000+14:00';

    expect(meaningOf('yesterday', '2011-12-30T22:00:00Z', 'Pacific/Apia')).toEqual([leap, leap]);
  });

  it('is exact to the second in zones with local mean time', () => {
    expect(meaningOf('now', '1883-11-18T12:00:00Z', NEW_YORK)).toBe('1883-11-18T07:03:58.000-04:56:02');
  });

  it.each([
    ['now-2025y', '0001-11-25T12:00:00.000+02:02:04'],
    ['now-2026y', null],
    ['now+7973y', '9999-11-25T12:00:00.000+02:00'],
    ['now+7974y', null],
    ['now+7973y/y', null],
    ['now-999999999999y', null],
    ['now+999999999999s', null],
    ['now+999999999999s/d', null],
    ['now-999999999999M/M', null],
    ['now+999999999999w', null],
  ])('is limited to the years 1 to 9999: %s is %s', (text, meaning) => {
    expect(meaningOf(text, '2026-11-25T10:00:00Z', KYIV)).toBe(meaning);
  });

  it.each([
    '',
    'Now',
    'NOW',
    'now ',
    ' now',
    'now-',
    'now-d',
    'now-7',
    'now-7x',
    'now-7D',
    'now - 7d',
    'now-1.5d',
    'now--7d',
    'now-7d-1h',
    'now-7d/m',
    'now-7d/s',
    'now/',
    'now/D',
    'now+',
    'now7d',
    'now-７d',
    'now-7d\n',
    'now\0',
    'now-1e3d',
    'now-1234567890123d',
    'Yesterday',
    'yesterday/d',
    'today+1d',
    'today 10:00',
    'lastweek',
    '7d',
    '-7d',
    'constructor',
    '2026-11-25',
    'now()',
    "now'; DROP TABLE users; --",
    'infinity',
    'epoch',
  ])('rejects %j', (text) => {
    expect(RelativeTime.parse(text)).toBeNull();
  });
});
