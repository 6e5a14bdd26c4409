import { randomUUID } from 'node:crypto';
import { Client } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { insertEvent, type InsertedEvent, insertParticipant } from '../support/events';
import { Installation } from '../support/installation';

const EVENTS = '/api/v1/events';
const CUSTOMER_EVENTS = '/api/v1/customer/events';

describe('The routes of events', () => {
  let installation: Installation;
  let ann: Client;
  let partner: CustomerClient;
  let quiz: InsertedEvent;
  const sql = (statement: string, ...values: unknown[]) => installation.sql(statement, ...values);

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ RATE_LIMIT_CUSTOMERS: 'off' }));
    ann = await installation.asUser('ann', { tenant: 'blue' });
    partner = await installation.asCustomer();
    quiz = await insertEvent(sql, {
      organizer: 'ann',
      tenant: 'blue',
      customer: partner.id,
      title: 'Вікторина «Київ» 🏆',
      description: 'Про місто',
      language: 'uk',
      timeZone: 'Europe/Kyiv',
      startsAt: '2026-03-01T09:00:00Z',
      endsAt: null,
      questions: [
        { key: 'river', text: 'Яка річка?', kind: 'choice', maxScore: 2.5 },
        { key: '__proto__', text: 'Чому?', kind: 'text', maxScore: 10 },
      ],
    });
    await insertParticipant(sql, quiz, {
      name: 'Олена',
      externalId: 'u-1',
      email: 'olena@example.org',
      group: '7-А',
      result: { score: '8.33', maximum: '12.50', seconds: 95, attempts: 2, finishedAt: null },
      answers: { river: { answer: 'Дніпро', score: '2.5' }, ['__proto__']: { answer: '', score: null } },
    });
    await insertParticipant(sql, quiz, { name: 'Тарас', result: null });
    await insertParticipant(sql, quiz, { name: 'Іван', result: { score: 0, maximum: 0 }, answers: { river: null } });
  });

  afterAll(() => installation.remove());

  it('list an organizer’s events in pages, newest first', async () => {
    const host = await installation.asUser('host');
    const titles = ['first', 'second', 'third', 'fourth', 'fifth'];
    for (const title of titles) await insertEvent(sql, { organizer: 'host', title });

    const first = (await host.get(`${EVENTS}?limit=2`)).body;
    const second = (await host.get(first.next as string)).body;
    const third = (await host.get(second.next as string)).body;

    expect(first.count).toBe(5);
    expect([first, second, third].map(({ results }) => titlesOf(results))).toEqual([
      ['fifth', 'fourth'],
      ['third', 'second'],
      ['first'],
    ]);
    expect(third.next).toBeNull();
  });

  it.each<[string, string, () => Client]>([
    ['its organizer', EVENTS, () => ann],
    ['the external system that it belongs to', CUSTOMER_EVENTS, () => partner],
  ])('show an event with its questions and participant counts to %s', async (_, path, client) => {
    const listed = await client().get(path);
    const shown = await client().get(`${path}/${quiz.id}/`);

    const event = {
      id: quiz.id,
      title: 'Вікторина «Київ» 🏆',
      description: 'Про місто',
      language: 'uk',
      time_zone: 'Europe/Kyiv',
      starts_at: '2026-03-01T09:00:00.000Z',
      ends_at: null,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    };
    expect(listed.body).toEqual({ count: 1, next: null, results: [event] });
    expect(shown.body).toEqual({
      ...event,
      questions: [
        { position: 1, key: 'river', kind: 'choice', text: 'Яка річка?', max_score: 2.5 },
        { position: 2, key: '__proto__', kind: 'text', text: 'Чому?', max_score: 10 },
      ],
      participants: { total: 3, started: 2, finished: 1 },
    });
  });

  it.each<[string, string, () => Client]>([
    ['its organizer', EVENTS, () => ann],
    ['the external system that it belongs to', CUSTOMER_EVENTS, () => partner],
  ])('list the results of participants for %s', async (_, path, client) => {
    const { text, body } = await client().get(`${path}/${quiz.id}/results`);

    const nothing = { score: null, maximum: null, percent: null, duration_seconds: null, attempts: null };
    expect(body).toMatchObject({ count: 3, next: null });
    expect(body.results).toMatchObject([
      { participant: { name: 'Іван' }, score: 0, maximum: 0, percent: null },
      { participant: { name: 'Тарас' }, ...nothing, started_at: null, finished_at: null, answers: {} },
      {
        participant: { external_id: 'u-1', name: 'Олена', email: 'olena@example.org', group: '7-А' },
        score: 8.33,
        maximum: 12.5,
        percent: 66.6,
        duration_seconds: 95,
        attempts: 2,
        started_at: '2026-03-01T09:00:00.000Z',
        finished_at: null,
      },
    ]);
    expect(body.results[0].answers).toEqual({ river: { answer: null, score: null } });
    expect(text).toContain(
      '"answers":{"river":{"answer":"Дніпро","score":2.5},"__proto__":{"answer":"","score":null}}',
    );
  });

  it('list results in pages, with fewer items if answers are long', async () => {
    const host = await installation.asUser('essays');
    const event = await insertEvent(sql, { organizer: 'essays' });
    for (const name of ['a', 'b', 'c', 'd'])
      await insertParticipant(sql, event, { name, answers: { q1: name.repeat(1_500_000) } });

    const pages: string[][] = [];
    for (let next: string | null = `${EVENTS}/${event.id}/results?limit=3`; next;) {
      const { body } = await host.get(next);
      pages.push((body.results as { participant: { name: string } }[]).map(({ participant }) => participant.name));
      next = body.next as string | null;
    }

    expect(pages).toEqual([
      ['d', 'c'],
      ['b', 'a'],
    ]);
  });

  it.each(['x', '0', '201', '1.5', '-1', '1e9'])('reject a limit of %s', async (limit) => {
    const { status, body } = await ann.get(`${EVENTS}?limit=${limit}`);

    const message = 'limit must be a whole number from 1 to 200';
    expect([status, body.errors]).toEqual([400, [{ field: 'limit', message, code: 'invalid' }]]);
  });

  it('require a token, or an id and a secret', async () => {
    const anonymous = installation.asAnonymous();
    const [withToken, withSecret] = [ann.credentials, partner.credentials];

    for (const [method, path, body] of routesOf(quiz.id)) {
      const crossed = path.startsWith(CUSTOMER_EVENTS) ? withToken : withSecret;
      expect([path, (await anonymous.send(method, path, body)).status]).toEqual([path, 401]);
      expect([path, (await anonymous.send(method, path, body, crossed)).status]).toEqual([path, 401]);
    }
  });

  it.each<[string, () => Promise<Client>]>([
    ['another organizer', () => installation.asUser('bob', { tenant: 'blue' })],
    ['the same name in another tenant', () => installation.asUser('ann', { tenant: 'red' })],
    ['the same name without a tenant', () => installation.asUser('ann')],
    ['an administrator', () => installation.asUser('root', { tenant: 'blue', roles: ['admin'] })],
    ['a user with the id of the external system', () => installation.asUser(partner.id)],
    ['another external system', () => installation.asCustomer()],
    ['an external system of the same tenant', () => installation.asCustomer({ tenant: 'blue' })],
  ])('hide an event from %s', async (_, createOther) => {
    const otherUser = await createOther();
    const isCustomer = otherUser.credentials['authorization']?.startsWith('Basic') === true;

    const found = [];
    for (const [method, path, body] of routesOf(quiz.id)) {
      if (path.startsWith(CUSTOMER_EVENTS) !== isCustomer) continue;
      const answer = await otherUser.send(method, path, body);
      found.push(path.includes(quiz.id) ? [answer.status, answer.body.detail] : [answer.status, answer.body.count]);
    }

    const missing = [404, 'Event not found'];
    expect(found).toEqual([[200, 0], missing, missing, missing]);
  });

  it.each(['no-uuid', randomUUID(), '%00', `' OR true --`])('return 404 for the id %s', async (id) => {
    const answers = await Promise.all(
      routesOf(encodeURIComponent(id))
        .filter(([, path]) => path !== EVENTS && path !== CUSTOMER_EVENTS)
        .map(([method, path, body]) => (path.startsWith(CUSTOMER_EVENTS) ? partner : ann).send(method, path, body)),
    );

    for (const { status, body } of answers) expect([status, body.detail]).toEqual([404, 'Event not found']);
  });

  it('handle a user id with SQL metacharacters', async () => {
    const odd = await installation.asUser(`o'; DROP TABLE events; --`);

    const { status, body } = await odd.get(EVENTS);

    expect([status, body.count]).toEqual([200, 0]);
  });
});

function titlesOf(results: readonly { title: string }[]): string[] {
  return results.map(({ title }) => title);
}

/** The four routes of organizers, and those of external systems. */
function routesOf(id: string): [method: string, path: string, body?: object][] {
  return [EVENTS, CUSTOMER_EVENTS].flatMap((base): [string, string, object?][] => [
    ['GET', base],
    ['GET', `${base}/${id}`],
    ['GET', `${base}/${id}/results`],
    ['POST', `${base}/${id}/results/export`, {}],
  ]);
}
