import { createClient } from '@export-service/client';
import type { Application } from '../support/application';
import { noteBoard } from '../support/boards';
import type { Client, ExportRecord } from '../support/client';
import { Installation } from '../support/installation';
import { openEvents, type ServerSentEvent, serverSentEvents } from '../support/server-sent-events';

const STREAM = '/api/v1/exports/events';
const LIMIT = 2;

/** One stream shows a user all exports, whichever process creates and changes them. */
describe('GET /exports/events', () => {
  let installation: Installation;
  let application: Application;
  let ann: Client;
  let board: string;

  beforeAll(async () => {
    // No export is processed before a test starts a worker.
    const environment = { ROLE: 'api', EVENT_STREAMS_PER_CALLER: String(LIMIT) };
    ({ installation, application } = await Installation.withApplication(environment));
  });

  beforeEach(async () => {
    ann = await installation.asUser(`ann of ${expect.getState().currentTestName!.slice(-60)}`);
    board = await ann.saveBoard(noteBoard());
  });

  afterAll(() => installation.remove());

  type Events = AsyncGenerator<ServerSentEvent, void>;

  async function next(events: Events): Promise<ServerSentEvent> {
    const { value } = await events.next();
    if (!value) throw new Error('The stream has ended');
    return value;
  }

  async function nextRecord(events: Events): Promise<ExportRecord> {
    return JSON.parse((await next(events)).data) as ExportRecord;
  }

  /** A stream whose unfinished exports have arrived. */
  async function connected(client: Client): Promise<{ events: Events; unfinished: ExportRecord[] }> {
    const events = openEvents(client, STREAM);
    const unfinished: ExportRecord[] = [];
    for (;;) {
      const { event, data } = await next(events);
      if (event === 'connected') return { events, unfinished };
      unfinished.push(JSON.parse(data) as ExportRecord);
    }
  }

  it('sends the unfinished exports, then every change, as the status shows them', async () => {
    const before = await ann.requestExport(board, 'png');
    const finished = await ann.requestExport(board, 'png');
    await ann.delete(`/api/v1/exports/${finished.id}`);

    const { events, unfinished } = await connected(ann);
    const created = await ann.requestExport(board, 'json');
    const creation = await next(events);
    const status = await ann.get(`/api/v1/exports/${created.id}`);
    await ann.delete(`/api/v1/exports/${before.id}`);
    const cancellation = await nextRecord(events);
    await events.return();

    expect(unfinished.map(({ id }) => id)).toEqual([before.id]);
    expect(creation.id).toBe(status.headers.get('etag'));
    expect(JSON.parse(creation.data)).toEqual(status.body);
    expect(cancellation).toMatchObject({ id: before.id, status: 'cancelled', events_url: null });
  });

  it('never sends exports of other users, or of the same user in another tenant', async () => {
    const ben = await installation.asUser('ben');
    const namesake = await installation.asUser('ben', { tenant: 'blue' });
    const customer = await installation.asCustomer();
    const { events, unfinished } = await connected(namesake);

    const others = [await ann.requestExport(board, 'png'), await ben.requestExport(await ben.saveBoard(null), 'png')];
    const shared = await customer.requestExport(await customer.startSession('ben', { board: 1 }), 'json');
    for (const { id } of others) await installation.sql('UPDATE exports SET updated_at = now() WHERE id = $1', id);
    const own = await namesake.requestExport(await namesake.saveBoard(null), 'png');
    const first = await nextRecord(events);
    await events.return();
    const ofBen = await connected(ben);
    await ofBen.events.return();

    expect([unfinished, first.id]).toEqual([[], own.id]);
    // A record that a user shares with an external system is the user's as well.
    expect(ofBen.unfinished.map(({ id }) => id).sort()).toEqual([others[1]!.id, shared.id].sort());
  });

  it('shows exports that another process creates and completes, until their files are deleted', async () => {
    const { events } = await connected(ann);
    const worker = await installation.startApplication({ ROLE: 'all' });
    const elsewhere = await installation.asUser(`ann of ${expect.getState().currentTestName!.slice(-60)}`, {
      at: worker,
    });

    const { id } = await elsewhere.requestExport(board, 'png');
    let record: ExportRecord;
    do record = await nextRecord(events);
    while (record.status !== 'completed');
    await elsewhere.delete(`/api/v1/exports/${id}`);
    const deleted = await nextRecord(events);
    await worker.close();
    await events.return();

    expect(record).toMatchObject({ id, file_url: expect.stringContaining('signature=') });
    expect(deleted).toMatchObject({ id, status: 'expired', file_url: null });
  });

  it('sends a change that is committed long after its time', async () => {
    const { id } = await ann.requestExport(board, 'png');
    const { events } = await connected(ann);

    await installation.sql(
      `UPDATE exports SET status = 'cancelled', updated_at = now() - interval '4 seconds' WHERE id = $1`,
      id,
    );

    expect(await nextRecord(events)).toMatchObject({ id, status: 'cancelled' });
    await events.return();
  });

  it('shows after a new connection what changed without one', async () => {
    const [ending, staying] = [await ann.requestExport(board, 'png'), await ann.requestExport(board, 'json')];
    const first = await connected(ann);
    await first.events.return();

    await ann.delete(`/api/v1/exports/${ending.id}`);
    const second = await connected(ann);
    const { body } = await ann.get('/api/v1/exports');
    await second.events.return();

    expect(second.unfinished.map(({ id }) => id)).toEqual([staying.id]);
    expect((body.results as ExportRecord[]).map(({ id, status }) => [id, status])).toEqual([
      [staying.id, 'pending'],
      [ending.id, 'cancelled'],
    ]);
  });

  it('counts towards the limit of streams, together with streams of one export', async () => {
    const { id } = await ann.requestExport(board, 'png');
    const one = openEvents(ann, `/api/v1/exports/${id}/events`);
    await next(one);
    const { events } = await connected(ann);

    const refused = await ann.get(STREAM);
    await Promise.all([one.return(), events.return()]);

    expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-event-streams' } });
    expect(refused.headers.get('retry-after')).toBe('5');
  });

  it('ends when the token expires', async () => {
    const expiring = await installation.asUser('cid', { expires: Math.floor(Date.now() / 1000) + 2 });

    const events = await serverSentEvents(expiring, STREAM);

    expect(events).toMatchObject([{ event: 'connected' }]);
  });

  it('is for users only', async () => {
    const customer = await installation.asCustomer();

    expect((await installation.asAnonymous().get(STREAM)).status).toBe(401);
    expect((await customer.get(STREAM)).status).toBe(401);
    expect((await customer.get('/api/v1/customer/exports/events')).status).toBe(404);
  });

  it('ends at shutdown, and the client of the package continues in another process', async () => {
    const host = await installation.startApplication();
    let { url: baseUrl } = host;
    const client = createClient({
      baseUrl,
      token: ann.credentials['authorization']!.replace('Bearer ', ''),
      fetch: (request) => fetch(new Request(request.url.replace(host.url, baseUrl), request)),
    });
    const enough = new AbortController();
    const lists: number[] = [];
    const seen: string[] = [];
    const watching = client.exports.watch({
      signal: enough.signal,
      onConnected: ({ count }) => {
        lists.push(count);
        if (lists.length === 1) {
          baseUrl = application.url;
          void ann.requestExport(board, 'png').then(() => host.close());
        } else void ann.requestExport(board, 'json');
      },
      onChange: ({ format }) => {
        seen.push(format);
        if (format === 'json') enough.abort();
      },
    });

    await watching;

    expect(lists).toEqual([0, 1]);
    expect(seen.at(-1)).toBe('json');
  });
});
