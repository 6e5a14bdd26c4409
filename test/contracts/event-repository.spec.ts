import { Client } from 'pg';
import type { Principal } from '../../src/platform/auth/principal';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { PrismaEventRepository } from '../../src/events/infrastructure/event.repository.prisma';
import { insertEvent, insertParticipant } from '../support/events';
import { ANN, ANN_IN_BLUE, BEN, PARTNER, RIVAL } from '../support/export-requests';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/** Longer than the answers of a page may be together. */
const HUGE = 'x'.repeat(4_000_001);

/** Who has an event, the event, and who must not see it. */
const STRANGERS: readonly [string, Principal, Parameters<typeof insertEvent>[1], Principal][] = [
  ['another user', ANN, {}, BEN],
  ['a user with the same id in another tenant', ANN, {}, ANN_IN_BLUE],
  ['a user with the same id without a tenant', ANN_IN_BLUE, { tenant: 'blue' }, ANN],
  ['an external system', ANN, {}, PARTNER],
  ['another external system', PARTNER, { customer: PARTNER.customerId }, RIVAL],
];

describe('PrismaEventRepository', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let client: Client;
  let events: PrismaEventRepository;

  const sql = (statement: string, ...values: unknown[]) => client.query(statement, values);

  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(database.url, 'events-under-test');
    events = new PrismaEventRepository(prisma);
    client = new Client({ connectionString: database.url });
    await client.connect();
    for (const { customerId } of [PARTNER, RIVAL]) {
      await sql(
        'INSERT INTO customers (id, name, secret_hash) VALUES ($1, $2, $3)',
        customerId,
        'Partner',
        '0'.repeat(64),
      );
    }
  });

  beforeEach(() => sql('TRUNCATE events CASCADE'));

  afterAll(async () => {
    await client.end();
    await prisma.$disconnect();
    await database.drop();
  });

  it.each(STRANGERS)('shows an event to its owner, and not to %s', async (_, owner, traits, otherUser) => {
    const { id } = await insertEvent(sql, traits);

    expect(await events.find(id, owner)).toMatchObject({ id });
    expect(await events.list(owner, 10)).toMatchObject({ count: 1, items: [{ id }], nextCursor: null });
    expect([await events.find(id, otherUser), await events.findDetails(id, otherUser)]).toEqual([null, null]);
    expect(await events.list(otherUser, 10)).toEqual({ count: 0, items: [], nextCursor: null });
  });

  it('lists events by page, newest first and each once', async () => {
    const ids = [await insertEvent(sql), await insertEvent(sql), await insertEvent(sql)].map(({ id }) => id);

    const page = await events.list(ANN, 2);
    const next = await events.list(ANN, 2, page.nextCursor!);

    expect(page).toMatchObject({ count: 3, items: [{ id: ids[2] }, { id: ids[1] }] });
    expect(next).toMatchObject({ count: 3, items: [{ id: ids[0] }], nextCursor: null });
    expect(next.items).toHaveLength(1);
  });

  it('counts the participants who are registered, who started and who finished', async () => {
    const event = await insertEvent(sql, { questions: [{ maxScore: 2.5 }] });
    await insertParticipant(sql, event, { result: null });
    await insertParticipant(sql, event, { result: { finishedAt: null } });
    await insertParticipant(sql, event);
    await insertParticipant(sql, await insertEvent(sql));

    expect(await events.findDetails(event.id, ANN)).toMatchObject({
      participants: { total: 3, started: 2, finished: 1 },
      questions: [{ key: 'q1', maxScore: '2.5' }],
    });
  });

  it.each([
    [7, 10, '70.0'],
    [1, 3, '33.3'],
    [2, 3, '66.7'],
    [0.05, 100, '0.1'],
    [0, 10, '0.0'],
    [0, 0, null],
  ])('rounds %d of %d to %s percent', async (score, maximum, percent) => {
    const event = await insertEvent(sql);
    await insertParticipant(sql, event, { result: { score, maximum } });

    const { items } = await events.listResults(event.id, 10);

    expect(items[0]!.result).toMatchObject({ percent });
  });

  it('lists results by page, newest first and each once, with answers in the order of the questions', async () => {
    const event = await insertEvent(sql, { questions: [{}, {}] });
    const ids: string[] = [];
    for (const name of ['Ada', 'Bob', 'Eve'])
      ids.push(await insertParticipant(sql, event, { name, answers: { q2: 'b', q1: 'a' } }));

    const page = await events.listResults(event.id, 2);
    const next = await events.listResults(event.id, 2, page.nextCursor!);

    const idsOf = ({ items }: typeof page) => items.map(({ participant }) => participant.id);
    expect([idsOf(page), idsOf(next), next.nextCursor]).toEqual([[ids[2], ids[1]], [ids[0]], null]);
    expect(page.items[0]!.answers.map(({ key, answer }) => [key, answer])).toEqual([
      ['q1', 'a'],
      ['q2', 'b'],
    ]);
  });

  it('ends a page before long answers, and returns a very long one on a page of its own', async () => {
    const event = await insertEvent(sql);
    for (const answer of ['short', HUGE, 'short']) await insertParticipant(sql, event, { answers: { q1: answer } });

    const lengths: number[][] = [];
    for (let cursor: string | undefined, pages = 0; pages < 5; pages += 1) {
      const { items, nextCursor } = await events.listResults(event.id, 10, cursor);
      lengths.push(items.map(({ answers }) => answers[0]!.answer!.length));
      if (nextCursor === null) break;
      cursor = nextCursor;
    }

    expect(lengths).toEqual([[5], [HUGE.length], [5]]);
  });
});
