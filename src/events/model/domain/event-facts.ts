import type { Table } from '../../../formats';
import type { Event } from './event';
import type { EventLocale } from './event-locale';

/** Totals of the results of an event. Means are decimal strings, or `null` without results. */
export interface ResultTotals {
  readonly participants: number;
  readonly results: number;
  readonly meanScore: string | null;
  readonly meanPercent: string | null;
}

/**
 * The summary at the top of a file of results, in the language and format of the event's locale.
 */
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
  // Organizers may enter only one of the two, or swap them.
  if (startsAt === null || endsAt === null || endsAt <= startsAt) return format.format(only);
  return format.formatRange(startsAt, endsAt);
}
