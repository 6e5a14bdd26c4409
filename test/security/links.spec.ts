import { noteBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import { Installation } from '../support/installation';

/** A signed link opens the one thing that it was made for, and nothing else. */
describe('A signed link', () => {
  let installation: Installation;
  let ann: Client;
  let exportId: string;
  let otherId: string;
  let links: { readonly file: URL; readonly events: URL; readonly thumbnail: URL };

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    ann = await installation.asUser('ann');
    const session = await ann.saveBoard(noteBoard());
    const { id, events_url: events } = await ann.requestExport(session, 'json');
    const { file_url: file } = await ann.finished(id);
    const thumbnail = await ann.post(`/api/v1/solo/sessions/${session}/thumbnail/`);
    links = {
      file: new URL(file!),
      events: new URL(events!),
      thumbnail: new URL(thumbnail.body.thumbnail_url as string),
    };
    [exportId, otherId] = [id, (await ann.requestExport(session, 'json')).id];
    await ann.finished(otherId);
  });

  afterAll(() => installation.remove());

  const withProofOf = (link: URL, path: string) => new URL(path + link.search, link).href;

  it('gives access to its own resource', async () => {
    for (const link of Object.values(links)) expect((await follow(link.href)).status).toBe(200);
  });

  it.each([
    ['a file', 'an event stream', () => withProofOf(links.file, links.events.pathname)],
    ['an event stream', 'a file', () => withProofOf(links.events, links.file.pathname)],
    ['an event stream', 'a thumbnail', () => withProofOf(links.events, links.thumbnail.pathname)],
    ['a thumbnail', 'an event stream', () => withProofOf(links.thumbnail, links.events.pathname)],
    ['an event stream', 'another one', () => withProofOf(links.events, `/api/v1/exports/${otherId}/events`)],
    ['an event stream', 'itself for longer', () => links.events.href.replace(/expires=\d+/, 'expires=9999999999')],
  ])('to %s gives no access to %s', async (_from, _to, forged) => {
    const { status, body } = await follow(forged());

    expect([status, body.detail]).toEqual([403, expect.stringContaining('link is not valid')]);
  });

  it.each([
    ['GET', () => `/api/v1/exports/${exportId}`],
    ['DELETE', () => `/api/v1/exports/${exportId}`],
    ['PUT', () => `/api/v1/exports/${exportId}/content`],
    ['GET', () => '/api/v1/exports'],
    ['GET', () => `/api/v1/customer/exports/${exportId}`],
  ])('to an event stream is rejected for %s %s', async (method, path) => {
    expect((await follow(withProofOf(links.events, path()), {}, method)).status).toBe(401);
  });
});
