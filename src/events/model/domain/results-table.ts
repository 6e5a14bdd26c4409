import type { Cell, Table, TableColumn } from '../../../formats';
import type { Event, EventQuestion } from './event';
import { type EventLocale, resolveLocale } from './event-locale';
import { toFacts, type ResultTotals } from './event-facts';
import type { ParticipantResult } from './participant-result';

/** An event without its participants, in a snapshot. */
export interface EventOverview {
  readonly event: Event;
  /** Sorted by position. */
  readonly questions: readonly EventQuestion[];
  readonly totals: ResultTotals;
}

/** A table of results without its rows. */
export type ResultsHead = Omit<Table, 'kind' | 'takenAt' | 'warnings' | 'rows'>;

/** @param withPoints whether to add a column with the points after each question */
export function toTableHead({ event, questions, totals }: EventOverview, withPoints: boolean): ResultsHead {
  const locale = resolveLocale(event);
  const columns = assignColumns(questions, withPoints);
  return {
    title: event.title,
    facts: toFacts(event, questions.length, totals, locale),
    about: toAbout(event, columns),
    language: locale.tag,
    timeZone: locale.timeZone,
    columns: toTableColumns(columns, locale),
    rowCount: totals.participants,
  };
}

/** The cells of a participant, in the order of the columns of `toTableHead`. */
export function toTableRow(
  { participant, result, answers }: ParticipantResult,
  questions: readonly EventQuestion[],
  withPoints: boolean,
): Cell[] {
  const { id, externalId, name, email, groupName } = participant;
  // An empty external id identifies nobody.
  const row: Cell[] = [externalId || id, name, email, groupName];
  if (result) {
    row.push(result.score, result.maximum, result.percent, result.durationSeconds, result.attempts);
    row.push(result.startedAt, result.finishedAt);
  } else row.push(null, null, null, null, null, null, null);
  const given = new Map(answers.map((answer) => [answer.key, answer]));
  for (const { key } of questions) {
    const answer = given.get(key);
    row.push(answer?.answer ?? null);
    if (withPoints) row.push(answer?.score ?? null);
  }
  return row;
}

/** A question and the keys of its columns. */
interface QuestionWithColumns extends EventQuestion {
  readonly column: string;
  /** Only if points were requested. */
  readonly pointsColumn?: string;
}

function assignColumns(questions: readonly EventQuestion[], withPoints: boolean): QuestionWithColumns[] {
  const taken = new Set(questions.map(({ key }) => `q_${key}`));
  return questions.map((question) => {
    const column = `q_${question.key}`;
    return { ...question, column, ...(withPoints && { pointsColumn: toPointsKey(column, taken) }) };
  });
}

function toTableColumns(questions: readonly QuestionWithColumns[], { format }: EventLocale): TableColumn[] {
  const questionColumns = questions.flatMap(({ column, pointsColumn, text }): TableColumn[] => {
    const own: TableColumn = { key: column, label: text, type: 'text' };
    if (pointsColumn === undefined) return [own];
    return [own, { key: pointsColumn, label: format('column.points', { question: text }), type: 'decimal' }];
  });
  return [...fixedColumns(format), ...questionColumns];
}

function fixedColumns(format: EventLocale['format']): TableColumn[] {
  return [
    { key: 'participant_id', label: format('column.id'), type: 'text', isForPrograms: true },
    { key: 'name', label: format('column.name'), type: 'text' },
    { key: 'email', label: format('column.email'), type: 'text' },
    { key: 'group', label: format('column.group'), type: 'text' },
    { key: 'score', label: format('column.score'), type: 'decimal' },
    { key: 'maximum', label: format('column.maximum'), type: 'decimal' },
    { key: 'percent', label: format('column.percent'), type: 'decimal' },
    { key: 'duration_seconds', label: format('column.duration'), type: 'duration' },
    { key: 'attempts', label: format('column.attempts'), type: 'integer' },
    { key: 'started_at', label: format('column.started'), type: 'moment' },
    { key: 'finished_at', label: format('column.finished'), type: 'moment' },
  ];
}

/**
 * Avoids the key of another question: the points of `a` must not have the key of the question
 * `a_points`.
 */
function toPointsKey(questionKey: string, taken: Set<string>): string {
  let key = `${questionKey}_points`;
  while (taken.has(key)) key += '_';
  taken.add(key);
  return key;
}

function toAbout(
  { id, title, language, timeZone, startsAt, endsAt }: Event,
  questions: readonly QuestionWithColumns[],
) {
  return {
    event: {
      id,
      title,
      language,
      time_zone: timeZone,
      starts_at: startsAt?.toISOString() ?? null,
      ends_at: endsAt?.toISOString() ?? null,
    },
    questions: questions.map(({ key, column, pointsColumn, text, kind, maxScore }) => ({
      key,
      column,
      ...(pointsColumn !== undefined && { points_column: pointsColumn }),
      text,
      kind,
      // At most eight digits, which a JSON number represents exactly.
      max_score: Number(maxScore),
    })),
  };
}
