import { type Client, follow } from '../support/client';
import { insertEvent, type InsertedEvent, insertParticipant, insertParticipants, takeOut } from '../support/events';
import { Installation } from '../support/installation';
import { until } from '../support/until';

describe('The results of an event', () => {
  let installation: Installation;
  let ann: Client;
  const sql = (statement: string, ...values: unknown[]) => installation.sql(statement, ...values);

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  /** The document that the organizer gets. */
  async function documentOf(event: InsertedEvent, options: object = {}): Promise<ResultsDocument> {
    const done = await ann.finished(await takeOut(ann, event.id, { format: 'json', options }));
    expect(done).toMatchObject({ status: 'completed', error: null });
    return JSON.parse((await follow(done.file_url)).text) as ResultsDocument;
  }

  it('have one row per participant, with empty cells for missing values', async () => {
    const event = await insertEvent(sql, { questions: [{ key: 'a' }, { key: 'b' }, { key: 'c' }] });
    const never = await insertParticipant(sql, event, { name: 'Never Came', result: null });
    await insertParticipant(sql, event, {
      name: 'All Done',
      externalId: 'x-1',
      email: 'all@example.org',
      group: '7 B',
      result: { score: '99999999.99', maximum: '99999999.99', seconds: 61, attempts: 3 },
      answers: { a: '', b: null, c: { answer: '0.10', score: '1.5' } },
    });
    const started = await insertParticipant(sql, event, {
      name: 'Began',
      result: { score: 1, maximum: 0, finishedAt: null },
    });

    const { columns, results } = await documentOf(event);

    expect(columns.map(({ key }) => key)).toEqual(Object.keys(results[0]!));
    expect(results).toEqual([
      {
        participant_id: 'x-1',
        name: 'All Done',
        email: 'all@example.org',
        group: '7 B',
        score: 99999999.99,
        maximum: 99999999.99,
        percent: 100,
        duration_seconds: 61,
        attempts: 3,
        started_at: '2026-03-01T09:00:00.000Z',
        finished_at: '2026-03-01T09:10:00.000Z',
        q_a: '',
        q_b: null,
        q_c: '0.10',
      },
      {
        ...UNKNOWN_CUSTOMER,
        participant_id: started,
        name: 'Began',
        score: 1,
        maximum: 0,
        duration_seconds: 600,
        attempts: 1,
        started_at: expect.any(String),
      },
      { ...UNKNOWN_CUSTOMER, participant_id: never, name: 'Never Came' },
    ]);
  });

  it('contain the points of each answer on request', async () => {
    const event = await insertEvent(sql, { questions: [{ key: 'a', text: 'Why?' }, { key: 'a_points' }] });
    const answers = { a: { answer: 'because', score: '0.75' }, a_points: { answer: 'many', score: null } };
    await insertParticipant(sql, event, { answers });

    const { questions, columns, results } = await documentOf(event, { points: true });

    expect(columns.slice(11)).toMatchObject([
      { key: 'q_a', label: 'Why?', type: 'text' },
      { key: 'q_a_points_', label: 'Why? (points)', type: 'decimal' },
      { key: 'q_a_points', type: 'text' },
      { key: 'q_a_points_points', type: 'decimal' },
    ]);
    expect(questions).toMatchObject([
      { key: 'a', column: 'q_a', points_column: 'q_a_points_' },
      { key: 'a_points', column: 'q_a_points', points_column: 'q_a_points_points' },
    ]);
    expect(results).toMatchObject([{ q_a: 'because', q_a_points_: 0.75, q_a_points: 'many', q_a_points_points: null }]);
  });

  it('contain the event and its questions', async () => {
    const { id, questions } = await insertEvent(sql, {
      title: 'Тест',
      language: 'uk-UA',
      timeZone: 'Europe/Kyiv',
      endsAt: null,
      questions: [{ key: 'a', text: 'Питання', kind: 'choice', maxScore: 2.5 }],
    });

    const { event, questions: shown, columns } = await documentOf({ id, questions });

    expect(event).toEqual({
      id,
      title: 'Тест',
      language: 'uk-UA',
      time_zone: 'Europe/Kyiv',
      starts_at: '2026-03-01T09:00:00.000Z',
      ends_at: null,
    });
    expect(shown).toEqual([{ key: 'a', column: 'q_a', text: 'Питання', kind: 'choice', max_score: 2.5 }]);
    expect(columns[1]).toEqual({ key: 'name', label: 'Ім’я', type: 'text' });
  });

  it.each([
    ['uk', ['Ганна', 'Ґалина', 'Дарина', 'Єва', 'Жанна', 'Ігор', 'Їжак', 'Яна']],
    ['pl-PL', ['Lech', 'Łukasz', 'Marek', 'Świętosława', 'Tomasz', 'Zofia', 'Żaneta']],
    ['zh', ['陈', '李', '王', '张']],
    ['de', ['anna', 'Ärzte', 'Zoë']],
    ['xx-broken', ['Zoë', 'anna', 'Ärzte']],
    ['no language, at all', ['Zoë', 'anna', 'Ärzte']],
  ])('are sorted by name in the order of %s', async (language, names) => {
    const event = await insertEvent(sql, { language });
    for (const name of names.toReversed()) await insertParticipant(sql, event, { name });

    const { results } = await documentOf(event);

    expect(results.map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ['xx-broken', 'Mars/Base'],
    ['', ''],
    ['uk\u0001', '+25:00'],
    [`'; DROP TABLE events; --`, `'; DROP TABLE events; --`],
  ])('are in English for the language %j and the time zone %j', async (language, timeZone) => {
    const event = await insertEvent(sql, { language, timeZone });
    await insertParticipant(sql, event, {});

    const document = await documentOf(event);

    expect(document.columns[1]!.label).toBe('Name');
    expect(document.results).toHaveLength(1);
  });

  it('distinguish participants with the same name, in a stable order', async () => {
    const event = await insertEvent(sql);
    const ids = ['1', '2', '3', '4'];
    for (const externalId of ids) await insertParticipant(sql, event, { name: 'Bob', externalId });

    const { results } = await documentOf(event);

    expect(results.map(({ participant_id: id }) => id)).toEqual(ids);
  });

  it('distinguish participants without an external id by the ids of the list', async () => {
    const event = await insertEvent(sql);
    for (const externalId of [null, null, '']) await insertParticipant(sql, event, { name: 'Bob', externalId });

    const { results } = await documentOf(event);

    const { body } = await ann.get(`/api/v1/events/${event.id}/results`);
    const listed = (body.results as { participant: { id: string } }[]).map(({ participant }) => participant.id);
    expect(new Set(listed).size).toBe(3);
    expect(results.map(({ participant_id: id }) => id).sort()).toEqual(listed.sort());
  });

  it('are consistent during concurrent changes', async () => {
    const event = await insertEvent(sql);
    await insertParticipants(sql, event, 1_500);
    let id = '';

    await whileReading(installation, async () => {
      id = await takeOut(ann, event.id, { format: 'json' });
    }, [
      [
        `UPDATE event_answers SET answer = 'changed' WHERE participant_id IN (SELECT id FROM event_participants WHERE event_id = $1)`,
        event.id,
      ],
      [`DELETE FROM event_participants WHERE event_id = $1 AND name LIKE '%5'`, event.id],
      [
        `INSERT INTO event_participants (id, event_id, name) SELECT gen_random_uuid(), $1, 'Late' FROM generate_series(1, 10)`,
        event.id,
      ],
    ]);

    const done = await ann.finished(id);
    const { results } = JSON.parse((await follow(done.file_url)).text) as ResultsDocument;
    expect(done).toMatchObject({ status: 'completed', record_count: 1_500 });
    expect(
      results.filter(
        ({ q_q1: answer, name }) => answer === `Answer of ${name as string} `.padEnd(20, 'x').slice(0, 20),
      ),
    ).toHaveLength(1_500);
  });

  it('are complete even if the event is deleted while they are read', async () => {
    const event = await insertEvent(sql);
    await insertParticipants(sql, event, 300);
    let id = '';

    await whileReading(installation, async () => {
      id = await takeOut(ann, event.id);
    }, [[`DELETE FROM events WHERE id = $1`, event.id]]);

    expect(await ann.finished(id)).toMatchObject({ status: 'completed', record_count: 300 });
  });
});

interface ResultsDocument {
  readonly event: object;
  readonly questions: readonly object[];
  readonly columns: readonly { key: string; label: string; type: string }[];
  readonly results: readonly Readonly<Record<string, unknown>>[];
}

const UNKNOWN_CUSTOMER = {
  email: null,
  group: null,
  score: null,
  maximum: null,
  percent: null,
  duration_seconds: null,
  attempts: null,
  started_at: null,
  finished_at: null,
  q_a: null,
  q_b: null,
  q_c: null,
};

/** Changes the database when an export has taken its snapshot, and before it has read the first participant. */
async function whileReading(
  installation: Installation,
  begin: () => Promise<void>,
  changes: readonly [statement: string, ...values: unknown[]][],
): Promise<void> {
  await installation.sql('BEGIN');
  await installation.sql('LOCK TABLE event_answers IN ACCESS EXCLUSIVE MODE');
  await begin();
  await until('the reader waits for the table', async () => {
    const waiting = await installation.sql(
      `SELECT FROM pg_locks WHERE NOT granted AND relation = 'event_answers'::regclass`,
    );
    return waiting.length > 0;
  });
  for (const [statement, ...values] of changes) await installation.sql(statement, ...values);
  await installation.sql('COMMIT');
}
