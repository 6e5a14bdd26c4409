import type { Client } from '../support/client';
import { Installation } from '../support/installation';

const SESSIONS = '/api/v1/solo/sessions/';

const deep = (levels: number) => `{"pages":[{"a":${'['.repeat(levels)}${']'.repeat(levels)}}]}`;

/** Boards that were saved before there were limits. */
describe.each([
  ['too many pages', `{"pages":[${'{},'.repeat(300_000)}{}]}`, 300_001, /300001 pages.*500/],
  ['too many levels', deep(300_000), 1, /at most 64 levels/],
])('A stored board with %s', (_, json, pageCount, reason) => {
  let installation: Installation;
  let ann: Client;
  let board: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    ann = await installation.asUser('ann');
    board = await ann.saveBoard({});
    const set = 'UPDATE solo_sessions SET state = $2, page_count = $3 WHERE id = $1';
    await installation.sql(set, board, json, pageCount);
  });

  afterAll(() => installation.remove());

  it('is still listed, read, renamed, duplicated and exported as JSON', async () => {
    const shown = await ann.get(`${SESSIONS}${board}/`);
    const renamed = await ann.patch(`${SESSIONS}${board}/`, { name: 'New name' });
    const listed = await ann.get(SESSIONS);
    const copied = await ann.post(`${SESSIONS}${board}/duplicate/`);
    const done = await ann.finished((await ann.requestExport(board, 'json')).id);
    const { bytes } = await ann.get(`/api/v1/exports/${done.id}/download`);

    expect([shown.status, renamed.status, copied.status, done.status]).toEqual([200, 200, 201, 'completed']);
    expect(shown.text.endsWith(`,"state":${json}}`)).toBe(true);
    expect(renamed.text.endsWith(`,"state":${json}}`)).toBe(true);
    expect(listed.body.results).toContainEqual(expect.objectContaining({ id: board, name: 'New name' }));
    expect(bytes.toString()).toBe(json);
  });

  it.each(['png', 'pdf'])('fails as %s at once with the reason', async (format) => {
    const { id } = await ann.requestExport(board, format);
    const done = await ann.finished(id);

    expect(done).toMatchObject({ status: 'failed', error: expect.stringMatching(reason) });
    expect(await installation.history(id)).not.toContain('export.retried');
  });

  it('has no thumbnail, for the same reason', async () => {
    const response = await ann.post(`${SESSIONS}${board}/thumbnail/`);

    expect([400, 422]).toContain(response.status);
    expect(response.body.detail).toMatch(reason);
  });

  it('can be deleted', async () => {
    expect((await ann.delete(`${SESSIONS}${board}/`)).status).toBe(204);
    expect((await ann.get(`${SESSIONS}${board}/`)).status).toBe(404);
  });
});
