import { lessonBoard } from '../../support/boards';
import type { Client } from '../../support/client';
import { expectExactlyOneFile } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { SlowBody } from '../../support/slow-body';
import { until } from '../../support/until';

/** A deploy ends processes in the middle of their work, politely. */
describe('When a worker shuts down with running exports', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk' });
    ann = await installation.asUser('ann', { at: await installation.startApplication({ ROLE: 'api' }) });
  });

  afterAll(() => installation.remove());

  async function inTheMiddleOfADrawing(pages: number): Promise<string> {
    const { id } = await ann.requestExport(await ann.saveBoard(lessonBoard(pages)), 'png');
    await installation.uploadOf(id);
    return id;
  }

  it('it completes what fits into the grace period', async () => {
    const worker = await installation.start({ ROLE: 'worker', SHUTDOWN_GRACE_SECONDS: '30' });
    const id = await inTheMiddleOfADrawing(8);

    await worker.kill('SIGTERM');

    expect(await ann.status(id)).toMatchObject({ status: 'completed' });
    await expectExactlyOneFile(installation, ann, id);
    expect(await installation.history(id)).toEqual(['export.requested', 'export.started', 'export.completed']);
  });

  it('it hands back the rest without counting the attempt', async () => {
    const worker = await installation.start({ ROLE: 'worker', SHUTDOWN_GRACE_SECONDS: '0' });
    const id = await inTheMiddleOfADrawing(16);

    await worker.kill('SIGTERM');
    expect(await ann.status(id)).toMatchObject({ status: 'pending' });
    expect(await installation.storedFiles()).not.toContainEqual(expect.stringContaining(id));
    const [{ attempts } = { attempts: -1 }] = await installation.sql<{ attempts: number }>(
      'SELECT attempts FROM exports WHERE id = $1',
      id,
    );
    expect(attempts).toBe(0);
    await installation.startApplication({ ROLE: 'worker' });

    await expectExactlyOneFile(installation, ann, id);
    expect(await installation.history(id)).toEqual([
      'export.requested',
      'export.started',
      'export.handed-back',
      'export.started',
      'export.completed',
    ]);
  });
});

describe('When an API process shuts down while a request arrives', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({ SHUTDOWN_GRACE_SECONDS: '5' });
  });
  afterAll(() => installation.remove());

  it('it responds and ends although the client keeps its connection open', async () => {
    const service = await installation.start({ ROLE: 'api' });
    const ann = await installation.asUser('ann', { at: service });
    const body = JSON.stringify({ name: 'Late', state: { pages: [{}] } });
    const headers = { ...ann.credentials, 'content-length': String(body.length) };
    const request = SlowBody.begin(service.url, '/api/v1/solo/sessions/', headers, body.slice(0, 10));
    await until('the first bytes are sent', () => request.isSent);
    // An answer on another connection says that the process has read them.
    expect((await ann.get('/api/v1/solo/sessions/')).status).toBe(200);

    const ended = service.kill('SIGTERM');
    await until('no connection is accepted', () =>
      fetch(service.url).then(
        () => false,
        () => true,
      ),
    );
    request.send(body.slice(10));
    await until('it is answered', () => request.status !== null);
    await ended;

    expect(request.status).toBe(201);
    expect(service.log.filter(({ event }) => event === 'process.shutdown_timeout')).toEqual([]);
  });
});
