import { Units } from '../../../../shared/units';
import { describeFailure, describeMilliseconds, firstDay, successShare } from './figures';

const english = new Units('en');

describe('firstDay', () => {
  it('counts days of UTC, with today as the last', () => {
    const now = Date.parse('2026-03-01T00:30:00Z');

    expect([firstDay(1, now), firstDay(7, now)]).toEqual(['2026-03-01', '2026-02-23']);
  });
});

describe('successShare', () => {
  it('leaves out what was cancelled or has not ended', () => {
    expect(successShare({ successful_exports: 3, failed_exports: 1 })).toBe(75);
    expect(successShare({ successful_exports: 0, failed_exports: 0 })).toBeNull();
  });
});

describe('describeMilliseconds', () => {
  it.each([
    [0, '0 ms'],
    [840, '840 ms'],
    [1500, '1.5 sec'],
    [60_000, '60 sec'],
    [180_000, '3 min'],
  ])('says %p ms in the unit that suits it', (milliseconds, text) => {
    expect(describeMilliseconds(milliseconds, english)).toBe(text);
  });
});

describe('describeFailure', () => {
  it('has the words of the client for a code, and none for one that is unknown', () => {
    expect(describeFailure('attempts-exhausted', 'en')).toBe('The export failed several times. Export less at once.');
    expect(describeFailure('attempts-exhausted', 'uk')).not.toMatch(/[a-z]/);
    expect(describeFailure('of-a-later-version', 'en')).toBeUndefined();
  });
});
