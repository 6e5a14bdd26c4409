import type { Event } from '../model/domain/event';
import type { ResultTotals } from '../model/domain/event-facts';
import type { Answer, ParticipantResult, Result } from '../model/domain/participant-result';

export interface EventRow {
  id: string;
  title: string;
  description: string | null;
  language: string;
  time_zone: string;
  starts_at: Date | null;
  ends_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export type TotalsRow = { -readonly [Key in keyof ResultTotals]: ResultTotals[Key] };

export type ParticipantRow = PersonRow & (ResultRow | { [Column in keyof ResultRow]: null });

interface PersonRow {
  id: string;
  external_id: string | null;
  name: string;
  email: string | null;
  group_name: string | null;
}

interface ResultRow {
  score: string;
  maximum: string;
  percent: string | null;
  duration_seconds: number;
  attempts: number;
  started_at: Date;
  finished_at: Date | null;
}

export interface AnswerRow {
  participant_id: string;
  question_id: string;
  answer: string | null;
  score: string | null;
}

export function eventOf(row: EventRow): Event {
  const { id, title, description, language, time_zone: timeZone } = row;
  return {
    id,
    title,
    description,
    language,
    timeZone,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/**
 * @param answers of these participants, in any order
 * @param keys of the questions, by their ids
 */
export function participantResultsOf(
  participants: readonly ParticipantRow[],
  answers: readonly AnswerRow[],
  keys: ReadonlyMap<string, string>,
): ParticipantResult[] {
  const given = new Map<string, Answer[]>(participants.map(({ id }) => [id, []]));
  for (const { participant_id: id, question_id: question, answer, score } of answers) {
    const key = keys.get(question);
    if (key !== undefined) given.get(id)?.push({ key, answer, score });
  }
  return participants.map((row) => {
    const { id, external_id: externalId, name, email, group_name: groupName } = row;
    return {
      participant: { id, externalId, name, email, groupName },
      result: resultOf(row),
      answers: given.get(id) ?? [],
    };
  });
}

function resultOf(row: ParticipantRow): Result | null {
  if (row.score === null) return null;
  const { score, maximum, percent, attempts } = row;
  return {
    score,
    maximum,
    percent,
    attempts,
    durationSeconds: row.duration_seconds,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
