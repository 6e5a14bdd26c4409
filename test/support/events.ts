import { randomUUID } from 'node:crypto';
import type { Client } from './client';

type Sql = (statement: string, ...values: unknown[]) => Promise<unknown>;

export interface QuestionTraits {
  /** Default: `q1`, `q2` … */
  readonly key?: string;
  readonly text?: string;
  readonly kind?: 'choice' | 'choices' | 'text' | 'number' | 'task';
  readonly maxScore?: number;
}

export interface EventTraits {
  readonly organizer?: string;
  readonly tenant?: string | null;
  /** The id of the external system that it belongs to. */
  readonly customer?: string | null;
  readonly title?: string;
  readonly description?: string | null;
  readonly language?: string;
  readonly timeZone?: string;
  readonly startsAt?: string | null;
  readonly endsAt?: string | null;
  readonly questions?: readonly QuestionTraits[];
}

/** The ids of an inserted event. */
export interface InsertedEvent {
  readonly id: string;
  /** The ids of its questions, by key, in their order. */
  readonly questions: Readonly<Record<string, string>>;
}

export interface ParticipantTraits {
  readonly name?: string;
  readonly externalId?: string | null;
  readonly email?: string | null;
  readonly group?: string | null;
  /** `null` for a participant who never started. */
  readonly result?: ResultTraits | null;
  /** By question key. A missing question was never shown. */
  readonly answers?: Readonly<Record<string, AnswerTraits>>;
}

export interface ResultTraits {
  readonly score?: number | string;
  readonly maximum?: number | string;
  readonly seconds?: number;
  readonly attempts?: number;
  readonly startedAt?: string;
  readonly finishedAt?: string | null;
}

/** The answer, or the answer and its score. `null` means skipped. */
export type AnswerTraits = string | null | { readonly answer: string | null; readonly score: number | string | null };

let turn = 0;

/** A UUID of version 7, greater than all previous ones. */
function nextId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  turn += 1;
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8${turn.toString(16).padStart(3, '0')}-${randomUUID().slice(24)}`;
}

/** Inserts an event with its questions, by default one. */
export async function insertEvent(sql: Sql, traits: EventTraits = {}): Promise<InsertedEvent> {
  const { organizer = 'ann', tenant = null, customer = null, questions = [{}] } = traits;
  const { title = 'Spring test', description = null, language = 'en', timeZone = 'UTC' } = traits;
  const { startsAt = '2026-03-01T09:00:00Z', endsAt = '2026-03-01T11:00:00Z' } = traits;
  const id = nextId();
  await sql(
    `INSERT INTO events (id, tenant_id, organizer_id, customer_id, title, description, language, time_zone, starts_at, ends_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    id,
    tenant,
    organizer,
    customer,
    title,
    description,
    language,
    timeZone,
    startsAt,
    endsAt,
  );
  // A question can have the key __proto__.
  const ids = Object.create(null) as Record<string, string>;
  for (const [index, { key = `q${index + 1}`, text, kind = 'text', maxScore = 1 }] of questions.entries()) {
    ids[key] = nextId();
    await sql(
      `INSERT INTO event_questions (id, event_id, position, key, kind, text, max_score) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      ids[key],
      id,
      index + 1,
      key,
      kind,
      text ?? `Question ${index + 1}`,
      maxScore,
    );
  }
  return { id, questions: ids };
}

/** Inserts a participant, with a result unless that is `null`. @returns the id of the participant */
export async function insertParticipant(
  sql: Sql,
  event: InsertedEvent,
  traits: ParticipantTraits = {},
): Promise<string> {
  const { name = 'Bob', externalId = null, email = null, group = null, result = {}, answers = {} } = traits;
  const id = nextId();
  await sql(
    `INSERT INTO event_participants (id, event_id, external_id, name, email, group_name) VALUES ($1, $2, $3, $4, $5, $6)`,
    id,
    event.id,
    externalId,
    name,
    email,
    group,
  );
  if (result) {
    const { score = 7, maximum = 10, seconds = 600, attempts = 1 } = result;
    const { startedAt = '2026-03-01T09:00:00Z', finishedAt = '2026-03-01T09:10:00Z' } = result;
    await sql(
      `INSERT INTO event_results (participant_id, score, max_score, duration_seconds, attempts, started_at, finished_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      id,
      score,
      maximum,
      seconds,
      attempts,
      startedAt,
      finishedAt,
    );
  }
  for (const [key, given] of Object.entries(answers)) {
    const { answer, score } = typeof given === 'object' && given !== null ? given : { answer: given, score: null };
    await sql(
      `INSERT INTO event_answers (participant_id, question_id, answer, score) VALUES ($1, $2, $3, $4)`,
      id,
      event.questions[key],
      answer,
      score,
    );
  }
  return id;
}

/**
 * Inserts many participants, each with a result and an answer to every question.
 * @param answerLength characters of each answer
 */
export async function insertParticipants(
  sql: Sql,
  event: InsertedEvent,
  count: number,
  { answerLength = 20, prefix = 'Person' }: { answerLength?: number; prefix?: string } = {},
): Promise<void> {
  const batch = randomUUID();
  await sql(
    `INSERT INTO event_participants (id, event_id, external_id, name, email, group_name)
     SELECT gen_random_uuid(), $1, $2 || ':' || n, $3 || ' ' || lpad(n::text, 7, '0'), 'person' || n || '@example.org', 'Class ' || n % 7
     FROM generate_series(1, $4::int) n`,
    event.id,
    batch,
    prefix,
    count,
  );
  const ofBatch = `FROM event_participants p WHERE event_id = $1 AND external_id LIKE $2 || ':%'`;
  await sql(
    `INSERT INTO event_results (participant_id, score, max_score, duration_seconds, started_at, finished_at)
     SELECT id, abs(hashtext(external_id) % 1000) / 100.0, 10, 600, '2026-03-01T09:00:00Z', '2026-03-01T09:10:00Z' ${ofBatch}`,
    event.id,
    batch,
  );
  await sql(
    `INSERT INTO event_answers (participant_id, question_id, answer, score)
     SELECT p.id, q, rpad('Answer of ' || p.name || ' ', $3::int, 'x'), 1
     FROM event_participants p, unnest($4::uuid[]) q WHERE event_id = $1 AND external_id LIKE $2 || ':%'`,
    event.id,
    batch,
    answerLength,
    Object.values(event.questions),
  );
}

/** Asks for the results of an event, as a file that may be fetched again. @returns the id of the export */
export async function takeOut(organizer: Client, eventId: string, body: object = {}): Promise<string> {
  const answer = await organizer.post(`/api/v1/events/${eventId}/results/export`, { one_time: false, ...body });
  if (answer.status !== 201) throw new Error(`The export was not granted: ${answer.text}`);
  return answer.body.id as string;
}
