import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OutboundAddresses, OutboundRefusedError } from '../../src/delivery/infrastructure/outbound/outbound-addresses';
import { OutboundHttp } from '../../src/delivery/infrastructure/outbound/outbound-http';
import { KB, MB } from '../support/bytes';
import { scaledBeside, timeOf } from '../support/machine';
import { until } from '../support/until';
import { type Behaviour, WebhookReceiver } from '../support/webhook-receiver';

describe('OutboundHttp', () => {
  let receiver: WebhookReceiver;
  let http: OutboundHttp;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    http = new OutboundHttp(new OutboundAddresses([receiver.host]));
  });
  beforeEach(() => {
    receiver.reset();
  });
  afterAll(() => receiver.stop());

  const post = (more: { url?: string; timeoutMs?: number; signal?: AbortSignal } = {}, by = http) =>
    by.post(more.url ?? receiver.url, {
      headers: { 'Content-Type': 'application/json', 'X-Test': 'yes' },
      body: '{"text":"Ж"}',
      timeoutMs: more.timeoutMs ?? 10_000,
      signal: more.signal ?? new AbortController().signal,
    });

  it('sends body and headers and returns the status and the beginning of the response', async () => {
    receiver.behave({ status: 422, body: `{"why":\r\n\u0000"no ${'x'.repeat(500)}"}` });

    const response = await post();

    expect(response.status).toBe(422);
    expect(response.excerpt).toMatch(/^\{"why": "no x+$/);
    expect(response.excerpt).toHaveLength(200);
    expect(receiver.received).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: '/hook',
        body: '{"text":"Ж"}',
        headers: expect.objectContaining({
          'content-type': 'application/json',
          'content-length': '13',
          'x-test': 'yes',
        }),
      }),
    ]);
  });

  it('does not follow redirects', async () => {
    receiver.behave({ status: 307, headers: { location: '/elsewhere' } });

    expect((await post()).status).toBe(307);
    expect(receiver.received).toHaveLength(1);
  });

  it.each<[Behaviour]>([['drip'], ['flood']])('accepts the status of a response whose body is a %s', async (body) => {
    const usual = await timeOf(() => post());
    receiver.behave(body);
    const startedAt = performance.now();

    const response = await post();

    expect(response.status).toBe(200);
    expect(response.excerpt.length).toBeLessThanOrEqual(200);
    expect(performance.now() - startedAt).toBeLessThan(scaledBeside(4_000, usual));
  });

  it('reads only the beginning of an endless response', async () => {
    let sent = 0;
    const endless = createServer((_, response) => {
      const chunk = Buffer.alloc(64 * KB, 'x');
      const fill = () => {
        for (let hasRoom = true; hasRoom && !response.destroyed; sent += chunk.length) hasRoom = response.write(chunk);
      };
      response.on('drain', fill);
      fill();
    });
    await new Promise<void>((listening) => endless.listen(0, '127.0.0.1', listening));
    const { port } = endless.address() as AddressInfo;

    const { excerpt } = await post(
      { url: `http://127.0.0.1:${port}/` },
      new OutboundHttp(new OutboundAddresses([`127.0.0.1:${port}`])),
    );
    endless.closeAllConnections();
    endless.close();

    expect(excerpt).toBe('x'.repeat(200));
    // More than the buffers of a connection, and far less than arrives in two seconds.
    expect(sent).toBeLessThan(32 * MB);
  });

  it('waits for a slow response until its timeout', async () => {
    receiver.behave({ status: 204, afterMs: 300 }, 'silent');

    expect((await post()).status).toBe(204);
    await expect(post({ timeoutMs: 300 })).rejects.toThrow('There was no response within 0.3 s');
  });

  it('stops at once when its signal aborts', async () => {
    receiver.behave('silent');
    const abort = new AbortController();

    const posting = post({ signal: abort.signal });
    posting.catch(() => undefined);
    await until('the receiver has the request', () => receiver.received.length > 0);
    abort.abort(new Error('enough'));

    await expect(posting).rejects.toThrow('enough');
    await expect(post({ signal: abort.signal })).rejects.toThrow('enough');
    expect(receiver.received).toHaveLength(1);
  });

  it('reports a refused or reset connection', async () => {
    receiver.behave('cut');
    await expect(post()).rejects.toThrow(/socket hang up|ECONNRESET/);

    const anonymous = new OutboundHttp(new OutboundAddresses(['127.0.0.1:1']));
    await expect(post({ url: 'http://127.0.0.1:1/' }, anonymous)).rejects.toThrow('ECONNREFUSED');
  });

  it('treats a protocol upgrade as a response', async () => {
    receiver.behave({ status: 101, headers: { connection: 'upgrade', upgrade: 'websocket' } });

    expect((await post()).status).toBe(101);
  });

  it('does not connect to private addresses', async () => {
    const strict = new OutboundHttp(new OutboundAddresses([]));

    await expect(post({ url: receiver.url.replace('http:', 'https:') }, strict)).rejects.toThrow(OutboundRefusedError);
    expect(receiver.received).toEqual([]);
  });

  it('connects only to the checked address when DNS changes in between', async () => {
    const port = new URL(receiver.url).port;
    let requested = 0;
    const rebinding = new OutboundAddresses([], () =>
      Promise.resolve([{ address: requested++ === 0 ? '93.184.215.14' : '127.0.0.1', family: 4 }]),
    );
    const rebound = new OutboundHttp(rebinding);

    await expect(post({ url: `https://rebound.example.com:${port}/hook` }, rebound)).rejects.toThrow(
      OutboundRefusedError,
    );
    expect(requested).toBe(2);
    expect(receiver.received).toEqual([]);
  });
});
