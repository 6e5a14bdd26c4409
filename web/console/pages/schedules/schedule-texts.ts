import type { ComputedRef } from 'vue';
import type { Schedule } from '@export-service/client';
import { UTC } from '../../export-editor/draft';
import { type Texts, useTexts } from '../../texts';
import { type CoveredPeriod, wholeDays } from './covered-periods';
import { messages } from './messages/compiled.js';
import { fromRecurrence, type RecurrenceDraft } from './recurrence';

export type ScheduleTexts = Texts<keyof (typeof messages)['en']>;

export function useScheduleTexts(): ComputedRef<ScheduleTexts> {
  return useTexts(messages);
}

const SHOWN_NAMES = 3;
/** The shortest month has as many days. */
const SAFE_DAYS = 28;
/** A Sunday. */
const FIRST_WEEK = Date.UTC(2023, 0, 1);
const DAY_MS = 86_400_000;
const DAY = { dateStyle: 'medium', timeZone: UTC } as const;
const MOMENT = { dateStyle: 'medium', timeStyle: 'short', timeZone: UTC } as const;

/** @param day 0 for Sunday */
export function weekdayName(day: number, texts: ScheduleTexts, form: 'long' | 'short' = 'long'): string {
  return texts.date(new Date(FIRST_WEEK + day * DAY_MS).toISOString(), { weekday: form, timeZone: UTC });
}

/** Such as "Kyiv". */
export function zoneName(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
}

/** When a schedule runs, such as "Every day at 02:00, Kyiv". */
export function whenText(schedule: Schedule, texts: ScheduleTexts): string {
  const when = recurrenceText(fromRecurrence(schedule), texts);
  return texts.get('when.inZone', { when, zone: zoneName(schedule.timezone) });
}

export function recurrenceText(draft: RecurrenceDraft, texts: ScheduleTexts): string {
  const { frequency, time, weekdays, dayOfMonth, cron, minute } = draft;
  const days = new Intl.ListFormat(texts.locale).format(mondayFirst(weekdays).map((day) => weekdayName(day, texts)));
  const isLast = frequency === 'monthly' && Number(dayOfMonth) > SAFE_DAYS;
  return texts.get(isLast ? 'when.monthlyOrLast' : `when.${frequency}`, {
    time,
    days,
    cron,
    day: dayOfMonth,
    minute: minute.padStart(2, '0'),
  });
}

export function mondayFirst(weekdays: readonly number[]): number[] {
  return [...weekdays].sort((one, other) => ((one + 6) % 7) - ((other + 6) % 7));
}

/** What a schedule exports, such as "Rows: profile, payments". */
export function subjectText(schedule: Schedule, isOwn: boolean, texts: ScheduleTexts): string {
  const { tables, data_types: dataTypes } = schedule;
  const names = tables.length > 0 ? tables : dataTypes;
  if (names.length === 0) return texts.get(isOwn ? 'subject.all' : 'subject.allOfOwner');
  const shown = names.slice(0, SHOWN_NAMES).join(', ');
  const text = texts.get(tables.length > 0 ? 'subject.tables' : 'subject.rows', { names: shown });
  return names.length > SHOWN_NAMES ? texts.get('andMore', { text, count: names.length - SHOWN_NAMES }) : text;
}

/** Why a schedule is paused, and what to do about it; empty for one that runs. */
export function pauseText(schedule: Schedule, isOwn: boolean, texts: ScheduleTexts): string {
  if (schedule.is_active) return '';
  if (schedule.paused_code === null) return texts.get(isOwn ? 'pause.byYou' : 'pause.byOwner');
  const text = texts.code('pause', schedule.paused_code);
  return text === schedule.paused_code ? (schedule.paused_reason ?? text) : text;
}

/** The warnings of a schedule; the service's own texts where a code is unknown. */
export function warningTexts({ warnings, warning_codes: codes }: Schedule, texts: ScheduleTexts): string[] {
  return warnings.map((text, index) => {
    const code = codes[index] ?? '';
    const translated = texts.code('warning', code);
    return translated === code || texts.locale === 'en' ? text : translated;
  });
}

/** Such as "27 Mar 2027", or "1 Mar 2027 – 31 Mar 2027". */
export function periodText(period: CoveredPeriod, texts: ScheduleTexts): string {
  const days = wholeDays(period);
  const [first, last] = days
    ? [days.first, days.last].map((day) => day && texts.date(day, DAY))
    : [period.start, period.end].map((time) => time && texts.date(`${time.slice(0, 19)}Z`, MOMENT));
  if (!last) return texts.get('period.since', { first: first ?? '' });
  if (!first) return texts.get(days ? 'period.through' : 'period.until', { last });
  return first === last ? first : texts.get('period.between', { first, last });
}
