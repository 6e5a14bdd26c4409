import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Client, ExportRecord } from '../support/client';
import { Installation } from '../support/installation';
import { until } from '../support/until';

/** Streams of events hold a connection for as long as their reader likes. */
describe('Event streams', () => {
  let installation: Installation;
  let ann: Client;
  let path: string;

  beforeAll(async () => {
    installation = await Installation.create({ ROLE: 'api', EVENT_STREAMS_PER_CALLER: '2' });
    await installation.startApplication();
    ann = await installation.asUser('ann');
    path = await eventsOf(ann);
  });

  afterAll(() => installation.remove());

  /** Where to follow an export that never ends: there is no worker. */
  async function eventsOf(person: Client): Promise<string> {
    const { id } = await person.requestExport(await person.saveBoard(null), 'json');
    return `/api/v1/exports/${id}/events`;
  }

  async function openStream(person: Client, at = path): Promise<IncomingMessage> {
    const requested = request(new URL(at, person.url), { agent: false, headers: { ...person.credentials } });
    requested.end();
    const [answer] = (await once(requested, 'response')) as [IncomingMessage];
    return answer;
  }

  it('end when the token that opened them expires, and the export continues', async () => {
    const expiring = await installation.asUser('ann', { expires: Math.floor(Date.now() / 1000) + 2 });

    const answer = await openStream(expiring);
    const events = await text(answer);

    const data = /^data: (.*)$/m.exec(events)?.[1] ?? '';
    expect(JSON.parse(data) as ExportRecord).toMatchObject({ status: 'pending' });
    expect(await ann.status(path.split('/').at(-2)!)).toMatchObject({ status: 'pending' });
  });

  it('are rejected with 429 beyond the caller’s limit until one of them is closed', async () => {
    const open = [await openStream(ann), await openStream(ann)];

    const refused = await ann.get(path);
    const ben = await installation.asUser('ben');
    const others = await openStream(ben, await eventsOf(ben));
    open[0]!.destroy();
    const tryAgain = async () => {
      const answer = await openStream(ann);
      if (answer.statusCode === 200) return answer;
      answer.destroy();
      return null;
    };
    const next = await until('the slot is free', tryAgain, { within: 3_000 });
    const refusedAgain = await ann.get(path);

    expect(open.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-event-streams' } });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(others.statusCode).toBe(200);
    expect(refusedAgain.status).toBe(429);
    for (const stream of [open[1]!, next, others]) stream.destroy();
  });

  it('count towards the requester of the export when a link opens them', async () => {
    const dan = await installation.asUser('dan');
    const { events_url: first } = await dan.requestExport(await dan.saveBoard(null), 'json');
    const { events_url: second } = await dan.requestExport(await dan.saveBoard(null), 'json');
    const open = (link: string) => fetch(link, { headers: { connection: 'close' } });

    const streams = [await open(first!), await open(second!)];
    const refused = await open(first!);

    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    expect(refused.status).toBe(429);
    for (const { body } of streams) await body?.cancel();
  });

  it('of other users’ exports take no slot', async () => {
    const cid = await installation.asUser('cid');
    for (let turn = 0; turn < 3; turn += 1) expect((await cid.get(path)).status).toBe(404);

    const own = await openStream(cid, await eventsOf(cid));

    expect(own.statusCode).toBe(200);
    own.destroy();
  });
});
