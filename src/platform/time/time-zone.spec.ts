import { TimeZone } from './time-zone';

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2021, 0, 1);
const END = Date.UTC(2031, 0, 1);

/** Every second zone would do; each kind of rule is among the tenth. */
const SAMPLE = Intl.supportedValuesOf('timeZone').filter((_, index) => index % 10 === 0);
const PECULIAR = [
  'UTC',
  'Europe/Kyiv',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Africa/Cairo',
  'America/Havana',
  'Pacific/Apia',
  'America/Sao_Paulo',
  'Antarctica/Troll',
  'Asia/Gaza',
];
const ZONES = [...new Set([...PECULIAR, ...SAMPLE])];

/** What the clock of a zone shows, by `Intl` alone. */
function civilBy(format: Intl.DateTimeFormat, moment: number): number {
  return Date.parse(`${format.format(moment).replace(' ', 'T')}Z`) + (((moment % 1000) + 1000) % 1000);
}

function wallClock(timeZone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (moment) => civilBy(format, moment);
}

function changesOf(zone: TimeZone): number[] {
  const changes: number[] = [];
  for (let change = zone.nextChange(BEGIN); change < END; change = zone.nextChange(change)) changes.push(change);
  return changes;
}

describe('TimeZone', () => {
  it.each(ZONES)('shows the time that Intl shows, at and around each change of the clock, in %s', (name) => {
    const zone = TimeZone.find(name)!;
    const shown = wallClock(name);
    const regular = Array.from({ length: 40 }, (_, index) => BEGIN + index * 91 * 24 * HOUR + 1);
    const moments = [
      ...regular,
      ...changesOf(zone).flatMap((change) => [change - HOUR, change - 1, change, change + HOUR]),
    ];

    expect(moments.map((moment) => zone.civilAt(moment))).toEqual(moments.map((moment) => shown(moment)));
  });

  it.each(ZONES)('resolves gaps to their end and overlaps to their first showing in %s', (name) => {
    const zone = TimeZone.find(name)!;
    for (const change of changesOf(zone)) {
      const [before, after] = [zone.civilAt(change - 1) + 1, zone.civilAt(change)];
      const middle = Math.floor((before + after) / 2);

      if (after > before) {
        for (const skipped of [before, middle, after - 1]) {
          expect(zone.resolve(skipped)).toEqual({ moments: [], gapEnd: change });
          expect(zone.momentOf(skipped)).toBe(change);
        }
      } else {
        for (const repeated of [after, middle, before - 1]) {
          const first = change - (before - repeated);
          expect(zone.resolve(repeated)).toEqual({ moments: [first, change + repeated - after], gapEnd: null });
          expect(zone.momentOf(repeated)).toBe(first);
        }
      }
      expect(zone.resolve(Math.max(before, after))).toEqual({
        moments: [change + Math.max(0, before - after)],
        gapEnd: null,
      });
    }
  });

  it('has no further change in a zone without daylight saving time', () => {
    expect(TimeZone.find('Asia/Kathmandu')!.nextChange(BEGIN)).toBe(Infinity);
    expect(TimeZone.find('UTC')!.nextChange(BEGIN)).toBe(Infinity);
  });

  it('skips a whole day where a region left one out', () => {
    const zone = TimeZone.find('Pacific/Apia')!;
    const gapEnd = Date.parse('2011-12-30T10:00Z');

    expect(zone.resolve(Date.parse('2011-12-30T12:00Z'))).toEqual({ moments: [], gapEnd });
  });

  it('knows the seconds of local mean time', () => {
    expect(TimeZone.find('America/New_York')!.offsetAt(Date.parse('1883-11-18T12:00Z'))).toBe(-17_762_000);
  });

  it.each(['Europe/Atlantis', '+02:00', '', 'UTC+2', '../etc'])('finds no zone named %j', (name) => {
    expect(TimeZone.find(name)).toBeNull();
  });

  it('finds a zone whatever the case of its name', () => {
    expect(TimeZone.find('europe/kyiv')!.offsetAt(BEGIN)).toBe(2 * HOUR);
  });
});
