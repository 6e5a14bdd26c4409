import type { Event } from './event';
import { toFacts, type ResultTotals } from './event-facts';
import { resolveLocale } from './event-locale';

const TOTALS: ResultTotals = { participants: 1234, results: 1200, meanScore: '12.50', meanPercent: '62.5' };

describe('toFacts', () => {
  it('uses the language, number format and time zone of the event', () => {
    const facts = factsFor({ language: 'de', timeZone: 'Europe/Kyiv' });

    expect(facts).toEqual({
      Wann: expect.stringMatching(/^1\. März 2026\b.* 11:00–13:00 (Uhr )?OEZ$/),
      Angemeldet: '1.234',
      Teilgenommen: '1.200',
      Fragen: '5',
      'Mittleres Ergebnis': '12,5',
      'Mittlerer Prozentsatz': '62,5 %',
    });
  });

  it('omits the means without results', () => {
    const facts = factsFor({}, { participants: 0, results: 0, meanScore: null, meanPercent: null });

    expect(Object.keys(facts)).toEqual(['When', 'Participants', 'Took part', 'Questions']);
  });

  it.each([
    ['has only a start', { endsAt: null }, /^March 1, 2026\b.* 9:00 AM UTC$/],
    ['has only an end', { startsAt: null }, /^March 1, 2026\b.* 11:00 AM UTC$/],
    ['ends before it starts', { endsAt: new Date('1970-01-01') }, /^March 1, 2026\b.* 9:00 AM UTC$/],
    ['has no time', { startsAt: null, endsAt: null }, /^no such fact$/],
  ])('shows the time of an event that %s', (_, times, when) => {
    expect(factsFor(times)['When'] ?? 'no such fact').toMatch(when);
  });
});

/** By their labels; odd blanks, which Intl puts for typesetters, are made plain. */
function factsFor(traits: Partial<Event>, totals: ResultTotals = TOTALS): Record<string, string> {
  const event: Event = {
    id: 'e',
    title: 'Test',
    description: null,
    language: 'en',
    timeZone: 'UTC',
    startsAt: new Date('2026-03-01T09:00:00Z'),
    endsAt: new Date('2026-03-01T11:00:00Z'),
    createdAt: new Date(0),
    updatedAt: new Date(0),
    ...traits,
  };
  const facts = toFacts(event, 5, totals, resolveLocale(event));
  return Object.fromEntries(facts.map(({ label, value }) => [label, value.replaceAll(/\s/g, ' ')]));
}
