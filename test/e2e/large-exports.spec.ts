import { noteBoard } from '../support/boards';
import type { Client } from '../support/client';
import { addTableType, requestRows } from '../support/data';
import { Installation } from '../support/installation';

const USERS = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const LARGE_ROWS = 150_000;
/** Exports of large rows wait for this advisory lock, so that the test says when they go on. */
const GATE = 4711;

/** Each process has two slots: one for large exports, one for all others. */
describe('Large exports', () => {
  let installation: Installation;
  let large: Client[];
  let ann: Client;

  beforeAll(async () => {
    installation = await Installation.create({ EXPORT_CONCURRENCY: '2' });
    await installation.startApplication({ ROLE: 'api' });
    await installation.start({ ROLE: 'worker' });
    large = await Promise.all(USERS.map((sub) => installation.asUser(sub)));
    ann = await installation.asUser('ann');
    await addGatedView();
    await installation.sql(`CREATE VIEW quick AS SELECT n AS id, 'ann' AS user_id FROM generate_series(1, 5) n`);
    await addTableType(installation, 'quick');
  });

  beforeEach(() => installation.sql('SELECT pg_advisory_lock($1)', GATE));

  afterAll(() => installation.remove());

  async function addGatedView(): Promise<void> {
    await installation.sql(`
      CREATE VIEW gated AS
      SELECT n AS id, users.id AS user_id,
             CASE WHEN n = 1 AND current_query() LIKE 'COPY%' THEN pg_advisory_xact_lock_shared(${GATE})::text END AS gate
      FROM generate_series(1, ${LARGE_ROWS}) n, (VALUES ${USERS.map((id) => `('${id}'::uuid)`).join(', ')}) AS users (id)`);
    await addTableType(installation, 'gated');
  }

  /** One of each user, the first of which runs. */
  async function requestLarge(): Promise<string[]> {
    const ids: string[] = [];
    for (const user of large) ids.push(await requestRows(user, 'gated'));
    await installation.reaches(ids[0]!, 'processing');
    return ids;
  }

  async function openGate(ids: readonly string[]): Promise<void> {
    await installation.sql('SELECT pg_advisory_unlock($1)', GATE);
    for (const [index, id] of ids.entries()) {
      expect(await large[index]!.finished(id)).toMatchObject({ status: 'completed', record_count: LARGE_ROWS });
    }
  }

  const statuses = async (ids: readonly string[]) =>
    Promise.all(ids.map(async (id, index) => (await large[index]!.status(id)).status));

  it('leave a slot in which small exports and boards complete meanwhile', async () => {
    const ids = await requestLarge();

    const rows = await ann.finished(await requestRows(ann, 'quick'));
    const board = await ann.finished((await ann.requestExport(await ann.saveBoard(noteBoard()), 'png')).id);

    expect([rows, board]).toMatchObject([{ status: 'completed', record_count: 5 }, { status: 'completed' }]);
    expect(await statuses(ids)).toEqual(['processing', 'pending']);
    await openGate(ids);
  });

  it('run in the slots of several processes', async () => {
    const ids = await requestLarge();

    const other = await installation.start({ ROLE: 'worker' });

    await installation.reaches(ids[1]!, 'processing');
    const rows = await ann.finished(await requestRows(ann, 'quick'));
    expect(rows).toMatchObject({ status: 'completed' });
    expect(await statuses(ids)).toEqual(['processing', 'processing']);
    await openGate(ids);
    await other.kill('SIGTERM');
  });
});
