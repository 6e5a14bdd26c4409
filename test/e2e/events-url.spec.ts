import { LinkSigner } from '../../src/platform/auth/link-signer';
import { Config } from '../../src/platform/config/config';
import type { Application } from '../support/application';
import { noteBoard } from '../support/boards';
import { type Client, type ExportRecord, follow } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { Installation } from '../support/installation';
import { scaled } from '../support/machine';
import { eventSource } from '../support/server-sent-events';
import { TEST_LINK_SECRET, TEST_SECRET } from '../support/tokens';

const FRONT_END = 'https://app.example.com';

/** `EventSource` sends no header: the event stream has a link of its own. */
describe('The events_url of an export', () => {
  let installation: Installation;
  let application: Application;
  let ann: Client;
  let partner: CustomerClient;
  let session: string;

  beforeAll(async () => {
    // No export is processed before a test starts a worker.
    ({ installation, application } = await Installation.withApplication({ ROLE: 'api', CORS_ORIGINS: FRONT_END }));
    ann = await installation.asUser('ann');
    partner = await installation.asCustomer();
    session = await ann.saveBoard(noteBoard());
  });

  afterAll(() => installation.remove());

  const stateOf = ({ data }: { readonly data: string }) => JSON.parse(data) as ExportRecord;

  async function statesOf(url: string | null): Promise<ExportRecord[]> {
    const states: ExportRecord[] = [];
    for await (const event of eventSource(url!, { origin: FRONT_END })) states.push(stateOf(event));
    return states;
  }

  /** A link to a path that expires at a moment, which the service did not make. */
  function signedLink(path: string, end: Date): string {
    const variables = { DATABASE_URL: 'postgres://localhost/none', JWT_SECRET: TEST_SECRET };
    const config = Config.from({ ...variables, LINK_SECRET: TEST_LINK_SECRET, PUBLIC_URL: application.url });
    return new LinkSigner(config).signUntil(path, end);
  }

  it('is in responses about unfinished exports only', async () => {
    const { id, events_url: created } = await ann.requestExport(session, 'json');
    const status = await ann.status(id);
    const listed = await ann.get('/api/v1/exports/?limit=1');
    const ofSession = await ann.get(`/api/v1/solo/sessions/${session}/exports/`);
    const cancelled = await ann.delete(`/api/v1/exports/${id}`);

    const link = expect.stringMatching(`^${application.url}/api/v1/exports/${id}/events\\?expires=\\d+&signature=`);
    expect([created, status.events_url]).toEqual([link, link]);
    expect([listed, ofSession].map(({ body }) => (body.results as ExportRecord[])[0]!.events_url)).toEqual([
      link,
      link,
    ]);
    expect(cancelled.body).toMatchObject({ status: 'cancelled', events_url: null });
    expect((await ann.status(id)).events_url).toBeNull();
  });

  it.each([
    ['without credentials', false],
    ['with credentials', true],
  ])('streams changes to a page of another origin, %s', async (_, withCredentials) => {
    const { id, events_url: link } = await ann.requestExport(session, 'json');
    const events = eventSource(link!, { origin: FRONT_END, withCredentials });

    const first = stateOf((await events.next()).value!);
    await ann.delete(`/api/v1/exports/${id}`);
    const second = stateOf((await events.next()).value!);

    expect([first, second].map((state) => [state.id, state.status])).toEqual([
      [id, 'pending'],
      [id, 'cancelled'],
    ]);
    expect((await events.next()).done).toBe(true);
  });

  it('cannot be read by a page of an origin that is not listed', async () => {
    const { events_url: link } = await ann.requestExport(session, 'json');

    await expect(eventSource(link!, { origin: 'https://evil.example.com' }).next()).rejects.toThrow('CORS');
  });

  it('ends its stream on expiry and is not renewed', async () => {
    const { id } = await ann.requestExport(session, 'json');
    const path = `/api/v1/exports/${id}/events`;
    const link = signedLink(path, new Date(Date.now() + scaled(2_000)));

    const states = await statesOf(link);

    expect(states).toMatchObject([{ status: 'pending', events_url: link }]);
    expect((await follow(link)).status).toBe(403);
    expect((await ann.status(id)).status).toBe('pending');
  });

  it('works for an external system and its user', async () => {
    const board = await partner.startSession('ada', { board: 1 });
    const { id, events_url: link } = await partner.requestExport(board, 'json');
    const events = eventSource(link!, { origin: FRONT_END });

    expect(stateOf((await events.next()).value!)).toMatchObject({ id, status: 'pending' });
    await partner.delete(`/api/v1/customer/exports/${id}`);
    expect(stateOf((await events.next()).value!)).toMatchObject({ id, status: 'cancelled', events_url: null });
  });

  it('changes the ETag of the status', async () => {
    const { id } = await ann.requestExport(session, 'json');
    const { headers } = await ann.get(`/api/v1/exports/${id}`);

    // The time of the last change, and the expiry of the link.
    expect(headers.get('etag')).toMatch(/^W\/"[\da-z]+-[\da-z]+"$/);
  });

  it('streams the URL of the file when the export is completed', async () => {
    const { id, events_url: link } = await ann.requestExport(session, 'json');
    await installation.startApplication({ ROLE: 'worker' });

    const states = await statesOf(link);

    const last = states.at(-1)!;
    expect(last).toMatchObject({ id, status: 'completed', events_url: null });
    expect((await follow(last.file_url)).status).toBe(200);
  });
});
