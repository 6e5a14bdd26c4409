import { noteBoard } from '../support/boards';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';

const SESSIONS = '/api/v1/solo/sessions/';

/** A few kilobytes that take minutes to draw. */
const emptyPages = (count: number) => ({
  pages: Array.from({ length: count }, () => ({ background: 'white', width: 4096, height: 4096 })),
});
const finestDots = {
  activePageId: '',
  pages: Array.from({ length: 500 }, () => ({ background: { type: 'dots', gridSize: 4 } })),
};

describe('A board that takes minutes to draw', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    installation = await Installation.create();
    await installation.startApplication({ ROLE: 'api' });
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  const exportOf = (session: string, format: string, options = {}) =>
    ann.post(`${SESSIONS}${session}/export/`, { format, options });

  it('is refused as PNG with the figures, and no export is created', async () => {
    const session = await ann.saveBoard(emptyPages(300));

    const response = await exportOf(session, 'png', { pixel_ratio: 4 });

    expect(response.status).toBe(422);
    expect(response.body).toMatchObject({ code: 'drawing-too-large' });
    expect(response.body.detail).toMatch(
      /^The drawing is too large: a PNG at pixel_ratio 4 of 300 pages needs about \d+ s of drawing time; at most 60 s are allowed\. Lower pixel_ratio/,
    );
    expect((await ann.get(`${SESSIONS}${session}/exports`)).body).toMatchObject({ count: 0 });
  });

  it('is refused as PDF', async () => {
    const response = await exportOf(await ann.saveBoard(finestDots), 'pdf');

    expect(response.status).toBe(422);
    expect(response.body).toMatchObject({ code: 'drawing-too-large' });
  });

  it('is exported at a lower pixel ratio, as a single page, and as JSON', async () => {
    const session = await ann.saveBoard(emptyPages(300));

    const responses = [
      await exportOf(session, 'png', { pixel_ratio: 0.5 }),
      await exportOf(session, 'png', { pixel_ratio: 4, page: 300 }),
      await exportOf(session, 'pdf'),
      await exportOf(session, 'json'),
    ];

    expect(responses.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  });

  it('is refused on the routes of external systems', async () => {
    const partner = await installation.asCustomer();
    const session = await partner.startSession('ann', emptyPages(300));

    const response = await partner.post(`/api/v1/customer/solo/sessions/${session}/export/`, {
      options: { pixel_ratio: 4 },
    });

    expect(response.status).toBe(422);
    expect(response.body).toMatchObject({ code: 'drawing-too-large' });
  });

  it('is measured again after a change, also by a process of an older version', async () => {
    const session = await ann.saveBoard(noteBoard());
    const before = await exportOf(session, 'png', { pixel_ratio: 4 });
    const [measured] = await installation.sql<{ rev: string }>(
      `SELECT drawing_cost->>'rev' AS rev FROM solo_sessions WHERE id = $1`,
      session,
    );

    await installation.sql(
      'UPDATE solo_sessions SET state = $2, page_count = 300, rev = rev + 1 WHERE id = $1',
      session,
      JSON.stringify(emptyPages(300)),
    );
    const after = await exportOf(session, 'png', { pixel_ratio: 4 });

    expect(measured).toEqual({ rev: '1' });
    expect([before.status, after.status]).toEqual([201, 422]);
  });

  it('fails with the reason when it has grown since its export was requested', async () => {
    const bob = await installation.asUser('bob');
    const session = await bob.saveBoard(noteBoard());
    const { id } = await bob.requestExport(session, 'png', { pixel_ratio: 4 });
    await bob.patch(`${SESSIONS}${session}/`, { state: emptyPages(300) });
    await installation.sql(`DELETE FROM exports WHERE id <> $1`, id);

    await installation.startApplication({ ROLE: 'worker' });

    const { error } = await bob.reaches(id, 'failed');
    expect(error).toMatch(/^The drawing is too large: .* of 300 pages/);
  });

  it('has no thumbnail when its first page takes too long', async () => {
    const strokes = [{ tool: 'pen', color: '#000000', size: 3, points: zigzag(150_000) }];
    const session = await ann.saveBoard({ activePageId: '', pages: [{ strokes }] });

    const response = await ann.post(`${SESSIONS}${session}/thumbnail`);

    expect(response.status).toBe(422);
    expect(response.body).toMatchObject({ code: 'drawing-too-large' });
  });
});

function zigzag(points: number): [number, number][] {
  return Array.from({ length: points }, (_, i) => [(i * 7) % 900, i % 2 ? 1180 : 0]);
}
