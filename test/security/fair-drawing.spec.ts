import { noteBoard } from '../support/boards';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';

const SESSIONS = '/api/v1/solo/sessions/';

/** A drawing takes several seconds, within its budget. */
const SLOW = { pages: Array.from({ length: 100 }, () => ({ background: 'grid', width: 4096, height: 4096 })) };

describe('The service, while one user exports slow boards,', () => {
  let installation: Installation;
  let greedy: Client;
  let other: Client;
  let slow: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ DRAWING_THREADS: '2', EXPORT_CONCURRENCY: '4' }));
    greedy = await installation.asUser('greedy');
    other = await installation.asUser('other');
    slow = await greedy.saveBoard(SLOW);
  });

  afterAll(() => installation.remove());

  it('completes another user’s export and all thumbnails first', async () => {
    const session = await other.saveBoard(noteBoard());
    const exports = [];
    for (let count = 0; count < 3; count += 1) exports.push(await greedy.requestExport(slow, 'png'));
    await greedy.reaches(exports[0]!.id, 'processing');

    const [{ id }, ...thumbnails] = await Promise.all([
      other.requestExport(session, 'png'),
      other.post(`${SESSIONS}${session}/thumbnail`),
      greedy.post(`${SESSIONS}${slow}/thumbnail`),
    ]);
    await other.finished(id);

    expect(thumbnails.map(({ status }) => status)).toEqual([200, 200]);
    const statuses = await Promise.all(exports.map(async (each) => (await greedy.status(each.id)).status));
    expect(statuses).not.toContain('completed');
    for (const each of exports) await greedy.delete(`/api/v1/exports/${each.id}`);
  });

  it('rejects too many waiting thumbnails of one user and draws those of others', async () => {
    const texts = [{ x: 0, y: 0, width: 600, text: 'thumbnail '.repeat(2_000) }];
    const written = await greedy.saveBoard({ activePageId: '', pages: [{ texts }] });
    const session = await other.saveBoard(noteBoard());

    const requested = Promise.all(Array.from({ length: 20 }, () => greedy.post(`${SESSIONS}${written}/thumbnail`)));
    const others = await other.post(`${SESSIONS}${session}/thumbnail`);
    const responses = await requested;

    expect(others.status).toBe(200);
    const refused = responses.filter(({ status }) => status === 429);
    expect(responses.filter(({ status }) => status === 200).length).toBe(20 - refused.length);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]!.body).toMatchObject({ code: 'too-many-thumbnails' });
    expect(refused[0]!.headers.get('retry-after')).toBe('5');
  });
});
