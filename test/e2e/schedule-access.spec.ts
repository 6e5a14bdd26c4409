import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import { createNotes, createSchedule, notesSchedule, SCHEDULES, type ScheduleRecord } from '../support/schedules';

const MISSING = '0192f0c1-2222-7000-8000-00000000000a';

describe('Schedules of another user are not found:', () => {
  let installation: Installation;
  let ann: Client;
  let root: Client;
  let schedule: ScheduleRecord;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk' });
    await installation.startApplication();
    ann = await installation.asUser('ann');
    root = await installation.asUser('root', { roles: ['admin'] });
    await createNotes(installation, 'ann', 'eve');
    schedule = await createSchedule(ann, { name: 'private' });
  });

  afterAll(() => installation.remove());

  it.each([
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/run'],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['GET', '/runs'],
  ])('%s %s', async (method, path) => {
    const others = [
      await installation.asUser('eve'),
      await installation.asUser('ann', { tenant: 'blue' }),
      await installation.asUser('boss', { tenant: 'blue', roles: ['admin'] }),
    ];

    for (const other of others) {
      const body = method === 'PUT' ? notesSchedule() : undefined;
      expect((await other.send(method, `${SCHEDULES}/${schedule.id}${path}`, body)).body).toMatchObject({
        status: 404,
        detail: 'Schedule not found',
      });
    }
    expect((await installation.asAnonymous().send(method, `${SCHEDULES}/${schedule.id}${path}`)).status).toBe(401);
    expect(
      (await ann.send(method, `${SCHEDULES}/${MISSING}${path}`, method === 'PUT' ? notesSchedule() : undefined)).status,
    ).toBe(404);
    expect(
      (await ann.send(method, `${SCHEDULES}/nonsense${path}`, method === 'PUT' ? notesSchedule() : undefined)).status,
    ).toBe(404);
  });

  it('a former administrator cannot run what only administrators may', async () => {
    const formerly = await installation.asUser('root');
    const { id } = await createSchedule(root, { data_types: [], tables: ['notes'], is_active: false });
    const { id: own } = await createSchedule(root, { name: 'my own' });
    const calls = ['run', 'resume'].map((step) => formerly.post(`${SCHEDULES}/${id}/${step}`));

    const responses = await Promise.all(calls);

    expect(responses.map(({ status, body }) => [status, body.detail as unknown])).toEqual([
      [403, 'Admin role required'],
      [403, 'Admin role required'],
    ]);
    expect((await formerly.post(`${SCHEDULES}/${own}/run`)).status).toBe(201);
    expect((await formerly.post(`${SCHEDULES}/${id}/pause`)).status).toBe(200);
  });

  it('whole tables are for administrators', async () => {
    const body = notesSchedule({ data_types: [], tables: ['notes'] });

    expect((await ann.post(SCHEDULES, body)).body).toMatchObject({ status: 403, detail: 'Admin role required' });
    expect((await root.post(SCHEDULES, body)).status).toBe(201);
  });
});
