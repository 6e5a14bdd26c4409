import type { Snapshot } from '../../platform/database/snapshot';
import { Sql, sql } from '../../platform/database/sql';
import type { Event, EventQuestion } from '../model/domain/event';
import type { ResultTotals } from '../model/domain/event-facts';
import { collationTags } from '../model/domain/event-locale';
import type { Answer, ParticipantResult, Result } from '../model/domain/participant-result';
import type { EventOverview } from '../model/domain/results-table';

/** The most bytes of text in a batch, unless one participant alone has more. */
const MAX_BATCH_BYTES = 2_000_000;
const MAX_BATCH_PARTICIPANTS = 500;
/** The memory of an answer besides its text. */
const ANSWER_OVERHEAD_BYTES = 100;
/** How many rows of the list are fetched at a time. Each is an id and a number. */
const LIST_FETCH_SIZE = 2_000;

type ListedParticipant = { readonly id: string; readonly bytes: number };

/** Reads one event in a snapshot. */
export class EventSnapshot {
  private readonly id: Sql;

  constructor(
    private readonly snapshot: Snapshot,
    eventId: string,
  ) {
    this.id = sql`${Sql.literal(eventId)}::uuid`;
  }

  /** @returns `null` if there is no such event that is visible */
  async overview(isVisible: Sql): Promise<EventOverview | null> {
    // TRUNCATE is not isolated by a snapshot.
    await this.snapshot.query(
      sql`LOCK TABLE event_questions, event_participants, event_results, event_answers IN ACCESS SHARE MODE`,
    );
    const [event] = await this.snapshot.query<EventRow>(sql`
      SELECT id, title, description, language, time_zone, starts_at, ends_at, created_at, updated_at
      FROM events WHERE id = ${this.id} AND ${isVisible}`);
    if (!event) return null;
    const questions = await this.snapshot.query<{ -readonly [Key in keyof EventQuestion]: EventQuestion[Key] }>(sql`
      SELECT id, position, key, kind, text, max_score::text AS "maxScore"
      FROM event_questions WHERE event_id = ${this.id} ORDER BY position`);
    return { event: toEvent(event), questions, totals: await this.totals() };
  }

  /**
   * All participants with their answers, sorted by name, in batches of limited size.
   */
  async *participants({ event, questions }: EventOverview): AsyncGenerator<ParticipantResult[]> {
    const keys = keysOf(questions);
    for await (const batch of this.readBatches(event.language)) yield await this.read(batch, keys);
  }

  /** Some participants with their answers: the first by name, or any if the order does not matter. */
  async someParticipants(
    { event, questions }: EventOverview,
    { limit, isSorted }: { readonly limit: number; readonly isSorted: boolean },
  ): Promise<ParticipantResult[]> {
    const order = isSorted ? sql` ORDER BY name${await this.collation(event.language)}, id` : sql``;
    const listed = await this.snapshot.query<{ id: string }>(sql`
      SELECT id FROM event_participants WHERE event_id = ${this.id}${order} LIMIT ${Sql.integer(limit)}`);
    if (listed.length === 0) return [];
    return this.read(
      listed.map(({ id }) => id),
      keysOf(questions),
    );
  }

  private async totals(): Promise<TotalsRow> {
    const [totals] = await this.snapshot.query<TotalsRow>(sql`
      SELECT count(*)::float8 AS participants, count(participant_id)::float8 AS results,
             round(avg(score), 2)::text AS "meanScore",
             round(avg(score * 100 / nullif(max_score, 0)), 1)::text AS "meanPercent"
      FROM event_participants LEFT JOIN event_results ON participant_id = id WHERE event_id = ${this.id}`);
    if (!totals) throw new Error('PostgreSQL returned no totals');
    return totals;
  }

  private async *readBatches(language: string): AsyncGenerator<string[]> {
    let batch: string[] = [];
    let bytes = 0;
    for await (const participant of this.list(language)) {
      if (
        batch.length === MAX_BATCH_PARTICIPANTS ||
        (batch.length > 0 && bytes + participant.bytes > MAX_BATCH_BYTES)
      ) {
        yield batch;
        [batch, bytes] = [[], 0];
      }
      batch.push(participant.id);
      bytes += participant.bytes;
    }
    if (batch.length > 0) yield batch;
  }

  /** The ids of all participants, sorted by name, with the bytes of their texts. */
  private async *list(language: string): AsyncGenerator<ListedParticipant> {
    const name = sql`name${await this.collation(language)}`;
    await this.snapshot.query(sql`
      DECLARE class_list NO SCROLL CURSOR FOR
      SELECT id, own_bytes + (
          SELECT coalesce(sum(${Sql.integer(ANSWER_OVERHEAD_BYTES)} + coalesce(octet_length(answer), 0)), 0)
          FROM event_answers WHERE participant_id = listed.id)::float8 AS bytes
      FROM (SELECT id, octet_length(concat(name, email, group_name, external_id)) AS own_bytes
            FROM event_participants WHERE event_id = ${this.id} ORDER BY ${name}, id OFFSET 0) AS listed`);
    for (;;) {
      const rows = await this.snapshot.query<ListedParticipant>(
        sql`FETCH ${Sql.integer(LIST_FETCH_SIZE)} FROM class_list`,
      );
      yield* rows;
      if (rows.length < LIST_FETCH_SIZE) return;
    }
  }

  /**
   * The ICU collation of a language, or nothing if PostgreSQL has none, for the database's default.
   */
  private async collation(language: string): Promise<Sql> {
    const tags = collationTags(language);
    if (tags.length === 0) return sql``;
    const names = Sql.join(tags.map((tag) => Sql.literal(`${tag}-x-icu`)));
    const [found] = await this.snapshot.query<{ name: string }>(sql`
      SELECT collname AS name FROM pg_collation
      WHERE collnamespace = 'pg_catalog'::regnamespace AND collprovider = 'i' AND collname IN (${names})
        AND collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))
      ORDER BY array_position(ARRAY[${names}]::name[], collname) LIMIT 1`);
    return found ? sql` COLLATE pg_catalog.${Sql.identifier(found.name)}` : sql``;
  }

  private async read(ids: readonly string[], keys: ReadonlyMap<string, string>): Promise<ParticipantResult[]> {
    const chosen = sql`ARRAY[${Sql.join(ids.map((id) => Sql.literal(id)))}]::uuid[]`;
    const participants = await this.snapshot.query<ParticipantRow>(sql`
      SELECT participant.id, external_id, name, email, group_name, score::text AS score, max_score::text AS maximum,
             round(score * 100 / nullif(max_score, 0), 1)::text AS percent, duration_seconds, attempts, started_at, finished_at
      FROM unnest(${chosen}) WITH ORDINALITY AS chosen(id, place)
      JOIN event_participants AS participant ON participant.id = chosen.id
      LEFT JOIN event_results ON participant_id = participant.id
      ORDER BY place`);
    // LATERAL and OFFSET 0 make PostgreSQL use the index even without statistics about the number
    // of answers.
    const answers = await this.snapshot.query<AnswerRow>(sql`
      SELECT chosen.id AS participant_id, question_id, answer, score
      FROM unnest(${chosen}) AS chosen(id) CROSS JOIN LATERAL (
        SELECT question_id, answer, score::text AS score FROM event_answers WHERE participant_id = chosen.id OFFSET 0
      ) AS given`);
    return toParticipantResults(participants, answers, keys);
  }
}

function keysOf(questions: readonly EventQuestion[]): ReadonlyMap<string, string> {
  return new Map(questions.map(({ id, key }) => [id, key]));
}

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

export function toEvent(row: EventRow): Event {
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
 * @param answers of the participants, in any order
 * @param keys question keys by question id
 */
export function toParticipantResults(
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
      result: toResult(row),
      answers: given.get(id) ?? [],
    };
  });
}

function toResult(row: ParticipantRow): Result | null {
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
