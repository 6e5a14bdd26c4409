import type { Cell, Table, TableColumn } from '../../../formats';
import type { Event, EventQuestion } from './event';
import { type EventLocale, resolveLocale } from './event-locale';
import { toFacts, type ResultTotals } from './event-facts';
import type { ParticipantResult } from './participant-result';

/** All of an event but its participants, at one moment. */
export interface EventOverview {
  readonly event: Event;
  /** In their order. */
  readonly questions: readonly EventQuestion[];
  readonly totals: ResultTotals;
}

/** What a table of results says before its rows. */
export type ResultsHead = Omit<Table, 'kind' | 'takenAt' | 'warnings' | 'rows'>;

/** @param withPoints whether a column behind each question tells what the answer is worth */
export function toTableHead({ event, questions, totals }: EventOverview, withPoints: boolean): ResultsHead {
  const locale = resolveLocale(event);
  const placed = assignColumns(questions, withPoints);
  return {
    title: event.title,
    facts: toFacts(event, questions.length, totals, locale),
    about: toAbout(event, placed),
    language: locale.tag,
    timeZone: locale.timeZone,
    columns: toTableColumns(placed, locale),
    rowCount: totals.participants,
  };
}

/** The cells of a participant, under the columns of `toTableHead` of the same questions. */
export function toTableRow(
  { participant, result, answers }: ParticipantResult,
  questions: readonly EventQuestion[],
  withPoints: boolean,
): Cell[] {
  const { id, externalId, name, email, groupName } = participant;
  // An empty one tells nobody apart.
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

/** A question, and the keys of the columns that are its own. */
interface QuestionWithColumns extends EventQuestion {
  readonly column: string;
  /** Only where points were asked for. */
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
  const ofQuestions = questions.flatMap(({ column, pointsColumn, text }): TableColumn[] => {
    const own: TableColumn = { key: column, label: text, type: 'text' };
    if (pointsColumn === undefined) return [own];
    return [own, { key: pointsColumn, label: format('column.points', { question: text }), type: 'decimal' }];
  });
  return [...fixedColumns(format), ...ofQuestions];
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

/** Of two questions `a` and `a_points`, the points of the first must not be taken for the answers to the second. */
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
      ...{ key, column, ...(pointsColumn !== undefined && { points_column: pointsColumn }) },
      // Eight digits, which a number of JSON carries exactly.
      ...{ text, kind, max_score: Number(maxScore) },
    })),
  };
}
