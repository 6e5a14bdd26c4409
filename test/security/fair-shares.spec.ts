import { randomUUID } from 'node:crypto';
import { noteBoard } from '../support/boards';
import type { Client } from '../support/client';
import { addTableType, addSlowView, requestRows } from '../support/data';
import { Installation } from '../support/installation';
import { createNotes, createSchedule, notesSchedule, SCHEDULES } from '../support/schedules';
import { until } from '../support/until';

const SESSIONS = '/api/v1/solo/sessions/';
const [GREEDY, ANN] = [randomUUID(), randomUUID()];

/** Many requests of one user do not delay others. */
describe('Worker shares of accounts', () => {
  let installation: Installation;
  let greedy: Client;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ EXPORT_CONCURRENCY: '4', EXPORTS_PER_ACCOUNT: '2' }));
    [greedy, ann] = [await installation.asUser(GREEDY), await installation.asUser(ANN)];
    await addSlowView(installation, 'endless', { owner: GREEDY, rows: 6_000, during: 'copy', milliseconds: 10 });
    await installation.sql(
      `CREATE VIEW quick AS SELECT n AS id, '${ANN}'::uuid AS user_id FROM generate_series(1, 5) n`,
    );
    await addTableType(installation, 'quick');
  });

  afterEach(async () => {
    const open = await installation.sql<{ id: string }>(
      `SELECT id FROM exports WHERE user_id = $1 AND status IN ('pending', 'processing')`,
      GREEDY,
    );
    for (const { id } of open) await greedy.delete(`/api/v1/exports/${id}/`);
  });

  afterAll(() => installation.remove());

  /** The exports of the greedy user that run, the oldest first. */
  async function running(): Promise<string[]> {
    const rows = await installation.sql<{ id: string }>(
      `SELECT id FROM exports WHERE user_id = $1 AND status = 'processing' ORDER BY id`,
      GREEDY,
    );
    return rows.map(({ id }) => id);
  }

  async function fillWorkers(count: number): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < count) ids.push(await requestRows(greedy, 'endless'));
    await until('one slot is left', async () => (await running()).length === 3);
    return ids;
  }

  it('run another user’s exports at once, one after the other', async () => {
    await fillWorkers(8);

    for (let turn = 0; turn < 3; turn += 1) {
      const record = await ann.finished(await requestRows(ann, 'quick'), { within: 5_000 });
      expect(record).toMatchObject({ status: 'completed', record_count: 5 });
    }
    expect(await running()).toHaveLength(3);
  });

  it('give the slot of an ended export to the next one at once', async () => {
    const ids = await fillWorkers(5);

    await greedy.delete(`/api/v1/exports/${ids[0]!}/`);
    await until('the next one runs', async () => (await running()).includes(ids[3]!), { within: 3_000 });
    await greedy.delete(`/api/v1/exports/${ids[1]!}/`);
    await until('the last one runs', async () => (await running()).includes(ids[4]!), { within: 3_000 });

    expect(await running()).toEqual(ids.slice(2));
  });

  it('hold across several processes, each with a slot for others', async () => {
    const other = await installation.startApplication({ EXPORT_CONCURRENCY: '2' });
    for (let count = 0; count < 8; count += 1) await requestRows(greedy, 'endless');
    await until('each process has one slot left', async () => (await running()).length === 4);

    const records = await Promise.all(
      [1, 2].map(async () => ann.finished(await requestRows(ann, 'quick'), { within: 5_000 })),
    );

    expect(records).toMatchObject([{ status: 'completed' }, { status: 'completed' }]);
    expect(await running()).toHaveLength(4);
    await other.close();
  });
});

/** One slot is all that a small process has. */
describe('A worker that runs one export at a time', () => {
  it('runs the exports of all accounts, and those of one account in sequence', async () => {
    const { installation } = await Installation.withApplication({ EXPORT_CONCURRENCY: '1' });
    const [ann, ben] = [await installation.asUser('ann'), await installation.asUser('ben')];
    const [anns, bens] = [await ann.saveBoard(noteBoard()), await ben.saveBoard(noteBoard())];

    const ids: string[] = [];
    while (ids.length < 4) ids.push((await ann.requestExport(anns, 'json')).id);
    const late = await ben.requestExport(bens, 'json');

    expect(await ben.finished(late.id)).toMatchObject({ status: 'completed' });
    for (const id of ids) expect(await ann.finished(id)).toMatchObject({ status: 'completed' });
    await installation.remove();
  });
});

/** Thumbnails, boards and schedules cost work as well, and leave no export that could be counted. */
describe('Rate limits of other requests', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({
      RATE_LIMIT_SESSIONS: '3/1h',
      RATE_LIMIT_THUMBNAILS: '2/1h',
      RATE_LIMIT_SCHEDULE_CHANGES: '4/1h',
    });
    await Promise.all([installation.startApplication(), installation.startApplication({ ROLE: 'api' })]);
    await createNotes(installation);
  });

  afterAll(() => installation.remove());

  /** The same user at both processes. */
  async function atBoth(sub: string, tenant?: string): Promise<[Client, Client]> {
    const [here, there] = await Promise.all(installation.hosts.map((at) => installation.asUser(sub, { at, tenant })));
    return [here!, there!];
  }

  it('are reported in the headers and reject with Retry-After in every process', async () => {
    const [here, there] = await atBoth('ann');
    const path = `${SESSIONS}${await here.saveBoard(noteBoard())}/thumbnail/`;

    const drawn = [await here.post(path), await there.post(path)];
    const refused = [await here.post(path), await there.post(path)];

    expect(drawn.map(({ status }) => status)).toEqual([200, 200]);
    expect(drawn.map(({ headers }) => headers.get('ratelimit-policy'))).toEqual(
      Array(2).fill('"thumbnails";q=2;w=3600'),
    );
    expect(drawn.map(({ headers }) => headers.get('ratelimit')?.split(';t=')[0])).toEqual(
      [1, 0].map((left) => `"thumbnails";r=${left}`),
    );
    for (const { status, headers, body } of refused) {
      expect(status).toBe(429);
      expect(headers.get('ratelimit')).toMatch(/^"thumbnails";r=0;t=\d+$/);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(3_500);
      expect(body).toMatchObject({
        code: 'rate-limit-exceeded',
        detail: expect.stringMatching(/^Too many thumbnails: 2 /),
      });
    }
  });

  it('accept exactly the allowed number of concurrent requests before they read bodies', async () => {
    const [here, there] = await atBoth('ben');

    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, turn) => (turn % 2 ? here : there).post(SESSIONS, { state: null })),
    );
    const unread = await here.post(SESSIONS, '{"state":');

    const statuses = responses.map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 201, 201, 429, 429, 429, 429, 429, 429, 429]);
    expect(unread.status).toBe(429);
  });

  it('count new boards and copies, not reads and updates', async () => {
    const [cid] = await atBoth('cid');
    const id = await cid.saveBoard(noteBoard());
    const path = `${SESSIONS}${id}/`;

    const copied = await cid.post(`${path}duplicate/`);
    const copiedAgain = await cid.post(`${path}duplicate/`);
    const tooMany = [await cid.post(`${path}duplicate/`), await cid.post(SESSIONS, { state: null })];
    const free = [await cid.get(path), await cid.patch(path, { name: 'Saved' }), await cid.get(SESSIONS)];

    expect([copied.status, copiedAgain.status]).toEqual([201, 201]);
    expect(copied.headers.get('ratelimit')).toMatch(/^"sessions";r=1;t=\d+$/);
    expect(tooMany.map(({ status }) => status)).toEqual([429, 429]);
    expect(free.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('are separate for each user in each tenant, and for external systems and their users', async () => {
    const [blue] = await atBoth('dan', 'blue');
    const [red] = await atBoth('dan', 'red');
    const partner = await installation.asCustomer({ tenant: 'blue' });
    for (let turn = 0; turn < 3; turn += 1) await blue.saveBoard(noteBoard());

    expect((await blue.post(SESSIONS, { state: null })).status).toBe(429);
    expect((await red.post(SESSIONS, { state: null })).status).toBe(201);
    for (let turn = 0; turn < 3; turn += 1) await partner.startSession(turn === 0 ? 'dan' : `user-${turn}`);
    const tooMany = await partner.post('/api/v1/customer/solo/sessions/', { user_id: 'eve' });
    expect([tooMany.status, tooMany.headers.get('ratelimit')]).toEqual([
      429,
      expect.stringMatching(/^"sessions";r=0;t=\d+$/),
    ]);
  });

  it('count changes of schedules, also rejected ones, not reads, pauses and deletions', async () => {
    const [eve] = await atBoth('eve');
    const { id } = await createSchedule(eve);
    const path = `${SCHEDULES}/${id}`;

    const changed = [
      await eve.put(path, notesSchedule({ name: 'other notes' })),
      await eve.put(path, { format: 'csv' }),
      await eve.post(`${path}/resume`),
    ];
    const tooMany = [
      await eve.post(SCHEDULES, notesSchedule()),
      await eve.put(path, notesSchedule()),
      await eve.post(`${path}/run`),
      await eve.post(`${path}/resume`),
    ];
    const free = [await eve.get(path), await eve.post(`${path}/pause`), await eve.delete(path)];

    expect(changed.map(({ status }) => status)).toEqual([200, 400, 200]);
    expect(tooMany.map(({ status }) => status)).toEqual([429, 429, 429, 429]);
    expect(tooMany[0]!.body.detail).toMatch(/^Too many changes to schedules/);
    expect(free.map(({ status }) => status)).toEqual([200, 200, 204]);
  });
});
