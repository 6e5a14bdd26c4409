import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { abortSlowClient } from './slow-client';

const THROUGHPUT = { withinMs: 200, bytes: 4 * 1024 * 1024 };
const CHUNK = Buffer.alloc(64 * 1024);

describe('abortSlowClient', () => {
  let server: Server | undefined;
  let isOver = false;

  afterEach(() => server?.close());

  async function answerOf(body: () => AsyncIterable<Buffer>): Promise<IncomingMessage> {
    server = createServer((_, response) => {
      isOver = false;
      response.once('close', () => (isOver = true));
      abortSlowClient(response, THROUGHPUT);
      pipeline(Readable.from(body(), { objectMode: false }), response).catch(() => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const requested = request({ port: (server.address() as AddressInfo).port, agent: false }).end();
    const [answer] = (await once(requested, 'response')) as [IncomingMessage];
    return answer;
  }

  it('aborts a response that the client reads too slowly', async () => {
    const response = await answerOf(endless);
    for (let drips = 0; !isOver && drips < 200; drips += 1) {
      response.read(1024);
      await pause(20);
    }

    expect(isOver).toBe(true);
    response.once('error', () => undefined).destroy();
  });

  it('does not abort a response with a slow source', async () => {
    const response = await answerOf(async function* () {
      for (let turn = 0; turn < 4; turn += 1) {
        yield CHUNK;
        await pause(500);
      }
    });

    let size = 0;
    for await (const chunk of response) size += (chunk as Buffer).length;

    expect(size).toBe(4 * CHUNK.length);
  });
});

async function* endless(): AsyncGenerator<Buffer> {
  for (;;) yield await Promise.resolve(CHUNK);
}
