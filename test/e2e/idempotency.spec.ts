import { noteBoard } from '../support/boards';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';

/** The same request twice makes one thing. */
describe('An Idempotency-Key', () => {
  let installation: Installation;
  let ann: Client;
  let path: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    // A second process: the key holds in all of them.
    await installation.start();
    ann = await installation.asUser('ann');
    path = `/api/v1/solo/sessions/${await ann.saveBoard(noteBoard())}/export/`;
  });

  afterAll(() => installation.remove());

  it.each(['Idempotency-Key', 'X-Idempotency-Key'])(
    'in %s returns the same export for a repeated request',
    async (header) => {
      const key = { [header]: `repeat-${header}` };

      const first = await ann.post(path, { format: 'pdf' }, key);
      const second = await ann.post(path, { format: 'pdf' }, key);

      expect([first.status, second.status]).toEqual([201, 200]);
      expect(second.body.id).toBe(first.body.id);
    },
  );

  it('of another request is rejected', async () => {
    const key = { 'Idempotency-Key': 'reused' };
    await ann.post(path, { format: 'pdf' }, key);

    const otherFormat = await ann.post(path, { format: 'png' }, key);
    const otherOptions = await ann.post(path, { format: 'pdf', options: { page_size: 'a4' } }, key);

    expect([otherFormat.status, otherOptions.status]).toEqual([422, 422]);
    expect(otherFormat.body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
  });

  it('is separate for each owner', async () => {
    const key = { 'Idempotency-Key': 'mine' };
    const bob = await installation.asUser('bob');
    const bobsPath = `/api/v1/solo/sessions/${await bob.saveBoard(noteBoard())}/export/`;

    const anns = await ann.post(path, { format: 'json' }, key);
    const bobs = await bob.post(bobsPath, { format: 'json' }, key);

    expect([anns.status, bobs.status]).toEqual([201, 201]);
    expect(bobs.body.id).not.toBe(anns.body.id);
  });

  it('creates one export for twenty concurrent requests to two processes', async () => {
    const key = { 'Idempotency-Key': 'at-once' };
    const elsewhere = await installation.asUser('ann', { at: installation.hosts[1] });

    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? ann : elsewhere).post(path, { format: 'png' }, key)),
    );

    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(19);
    expect(new Set(responses.map(({ body }) => body.id as string)).size).toBe(1);
  });

  it.each(['with blanks', 'x'.repeat(256), 'ключ'])('must be valid: %s', async (key) => {
    const { status, body } = await ann.post(path, { format: 'png' }, { 'Idempotency-Key': latin1(key) });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field: 'Idempotency-Key' }]);
  });

  it('also applies to sessions and their copies', async () => {
    const board = { name: 'Once', state: null };
    const first = await ann.post('/api/v1/solo/sessions/', board, { 'Idempotency-Key': 'session' });
    const second = await ann.post('/api/v1/solo/sessions/', board, { 'Idempotency-Key': 'session' });
    const copying = `/api/v1/solo/sessions/${first.body.id}/duplicate/`;
    const copy = await ann.post(copying, undefined, { 'Idempotency-Key': 'copy' });
    const again = await ann.post(copying, undefined, { 'Idempotency-Key': 'copy' });

    expect([first.status, second.status, copy.status, again.status]).toEqual([201, 200, 201, 200]);
    expect(second.body.id).toBe(first.body.id);
    expect(again.body.id).toBe(copy.body.id);
  });
});

/** Header values travel as bytes. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
