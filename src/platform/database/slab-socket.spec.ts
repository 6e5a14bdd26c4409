import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { openSlabSocket, releaseChunk } from './slab-socket';

const SENT_BYTES = 8 * 1024;

/** 8 MB that differ everywhere, so that a byte that was overwritten is seen. */
const CONTENT = Buffer.from(Array.from({ length: 1_000_000 }, (_, row) => String(row).padStart(7, '0')).join('\n'));

/** As PostgreSQL does, a little at a time: several chunks share their memory. */
async function send(socket: Socket): Promise<void> {
  for (let at = 0; at < CONTENT.length; at += SENT_BYTES) {
    socket.write(CONTENT.subarray(at, at + SENT_BYTES));
    await turn();
  }
  socket.end();
}

describe('A slab socket', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((socket) => void send(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => server.close());

  /** Reads all, and calls back for each chunk. */
  async function read(onChunk: (chunk: Buffer, socket: Socket) => void): Promise<void> {
    const socket = openSlabSocket();
    socket.on('data', (chunk: Buffer) => {
      onChunk(chunk, socket);
    });
    socket.connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'close');
  }

  it('fills released memory again', async () => {
    const memory = new Set<ArrayBufferLike>();
    const copies: Buffer[] = [];
    await read((chunk) => {
      memory.add(chunk.buffer);
      copies.push(Buffer.from(chunk));
      releaseChunk(chunk);
    });

    expect(Buffer.concat(copies).equals(CONTENT)).toBe(true);
    expect(memory.size).toBe(1);
  });

  it('fills memory again that is released later, and none of which a chunk was kept', async () => {
    const memory = new Set<ArrayBufferLike>();
    const waiting: Buffer[] = [];
    const kept: { chunk: Buffer; copy: Buffer }[] = [];
    const copies: Buffer[] = [];
    let chunks = 0;
    await read((chunk) => {
      memory.add(chunk.buffer);
      copies.push(Buffer.from(chunk));
      chunks += 1;
      // The second of the chunks that share their memory.
      if (chunks % 20 === 2) kept.push({ chunk, copy: Buffer.from(chunk) });
      else waiting.push(chunk);
      const oldest = waiting.length > 8 ? waiting.shift() : undefined;
      if (oldest) releaseChunk(oldest);
    });

    expect(Buffer.concat(copies).equals(CONTENT)).toBe(true);
    expect(kept.every(({ chunk, copy }) => chunk.equals(copy))).toBe(true);
    expect(memory.size).toBeLessThan(kept.length + 12);
    expect(memory.size).toBeLessThan(chunks / 4);
  });

  it('leaves chunks alone that nobody releases', async () => {
    const chunks: Buffer[] = [];
    await read((chunk) => chunks.push(chunk));

    expect(Buffer.concat(chunks).equals(CONTENT)).toBe(true);
  });

  it('reads nothing while it is paused', async () => {
    const chunks: Buffer[] = [];
    let isPaused = false;
    await read((chunk, socket) => {
      expect(isPaused).toBe(false);
      chunks.push(chunk);
      isPaused = true;
      socket.pause();
      setImmediate(() => {
        isPaused = false;
        socket.resume();
      });
    });

    expect(Buffer.concat(chunks).equals(CONTENT)).toBe(true);
  });

  it('knows no chunks of others', () => {
    expect(() => {
      releaseChunk(Buffer.from('a chunk of another socket'));
    }).not.toThrow();
  });
});
