import type { Table } from '../../../formats';
import type { Event } from './event';
import type { EventLocale } from './event-locale';

/** What the results of an event come to. Means are written in digits; `null` where there is no result. */
export interface ResultTotals {
  readonly participants: number;
  readonly results: number;
  readonly meanScore: string | null;
  readonly meanPercent: string | null;
}

/** What an organiser wants to know of the whole, in the words and ways of writing of the event's language. */
export function toFacts(
  event: Event,
  questions: number,
  { participants, results, meanScore, meanPercent }: ResultTotals,
  { tag, format, timeZone }: EventLocale,
): Table['facts'] {
  const number = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 });
  const when = formatPeriod(event, tag, timeZone);
  return [
    ...(when === null ? [] : [{ label: format('fact.when'), value: when }]),
    { label: format('fact.participants'), value: number.format(participants) },
    { label: format('fact.withResult'), value: number.format(results) },
    { label: format('fact.questions'), value: number.format(questions) },
    ...(meanScore === null ? [] : [{ label: format('fact.meanScore'), value: number.format(Number(meanScore)) }]),
    ...(meanPercent === null
      ? []
      : [{ label: format('fact.meanPercent'), value: percent.format(Number(meanPercent) / 100) }]),
  ];
}

function formatPeriod({ startsAt, endsAt }: Event, tag: string, timeZone: string): string | null {
  const format = new Intl.DateTimeFormat(tag, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  });
  const only = startsAt ?? endsAt;
  if (only === null) return null;
  // Somebody may have mixed up the two, or entered but one.
  if (startsAt === null || endsAt === null || endsAt <= startsAt) return format.format(only);
  return format.formatRange(startsAt, endsAt);
}
