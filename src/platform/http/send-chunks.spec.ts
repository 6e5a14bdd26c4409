import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendChunks } from './send-chunks';

const MB = 1024 * 1024;

describe('sendChunks', () => {
  let server: Server;
  let respond: (response: ServerResponse) => Promise<void>;
  let outcome: Promise<unknown>;

  beforeAll(async () => {
    server = createServer((_, response) => {
      outcome = respond(response).catch((error: unknown) => error);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function request(): Promise<IncomingMessage> {
    const sent = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false });
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }

  it('sends all chunks, though each uses the memory of the one before', async () => {
    async function* chunks() {
      const buffer = Buffer.alloc(100_000);
      for (let turn = 0; turn < 100; turn++) yield await Promise.resolve(buffer.fill(turn));
    }
    respond = (response) => sendChunks(chunks(), response);

    const received: Buffer[] = [];
    for await (const bytes of await request()) received.push(bytes as Buffer);

    const body = Buffer.concat(received);
    const isRight = Array.from(
      { length: 100 },
      (_, turn) => body[turn * 100_000] === turn && body[turn * 100_000 + 99_999] === turn,
    );
    expect([body.length, isRight.every(Boolean), await outcome]).toEqual([10_000_000, true, undefined]);
  });

  it('takes no further chunk while the client does not read, and stops when the client disconnects', async () => {
    let [taken, isReleased] = [0, false];
    async function* chunks() {
      try {
        for (; taken < 200; taken++) yield await Promise.resolve(Buffer.alloc(MB));
      } finally {
        isReleased = true;
      }
    }
    respond = (response) => sendChunks(chunks(), response);

    const response = await request();
    response.destroy();

    // An error of Node's own has another constructor than those of the tests.
    expect(await outcome).toMatchObject({ message: expect.any(String) });
    expect(isReleased).toBe(true);
    expect(taken).toBeLessThan(100);
  });

  it('breaks off the response when the chunks fail', async () => {
    async function* chunks() {
      yield await Promise.resolve(Buffer.alloc(10));
      throw new Error('The disk is gone');
    }
    respond = (response) => sendChunks(chunks(), response.writeHead(200, { 'Content-Length': 20 }));

    const response = await request();

    await expect(once(response.resume(), 'end')).rejects.toThrow('aborted');
    expect(await outcome).toEqual(new Error('The disk is gone'));
  });

  it('releases the chunks of a client that has disconnected before', async () => {
    let isReleased = false;
    async function* chunks() {
      try {
        for (;;) yield await Promise.resolve(Buffer.alloc(10));
      } finally {
        isReleased = true;
      }
    }
    respond = async (response) => {
      response.flushHeaders();
      await once(response, 'close');
      await sendChunks(chunks(), response);
    };

    (await request()).destroy();

    // An error of Node's own has another constructor than those of the tests.
    expect(await outcome).toMatchObject({ message: expect.any(String) });
    expect(isReleased).toBe(true);
  });
});
