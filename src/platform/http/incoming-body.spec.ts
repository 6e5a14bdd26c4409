import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Request } from 'express';
import { receiveBody } from './incoming-body';
import { LARGE_BODY_BYTES } from './large-bodies';

const TIMEOUT_MS = 60_000;
/** The window in which a large body must make progress. */
const WINDOW_MS = 20_000;

/** A request that arrives as far as a test lets it. */
class FakeRequest extends PassThrough {
  readonly socket = { bytesRead: 0 };
  complete = false;

  constructor(readonly headers: Record<string, string> = {}) {
    super();
  }

  arrive(bytes: Buffer): void {
    this.socket.bytesRead += bytes.length;
    this.write(bytes);
  }

  finish(): void {
    this.complete = true;
    this.end();
  }
}

describe('receiveBody', () => {
  let released: number;

  beforeEach(() => {
    released = 0;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function receive(request: FakeRequest, maxBytes = 8 * LARGE_BODY_BYTES) {
    const received = receiveBody(request as unknown as Request, {
      reader: { write: () => undefined },
      maxBytes,
      timeoutMs: TIMEOUT_MS,
      takeSlot: () => ({ grow: () => undefined, release: () => (released += 1) }),
    });
    received.catch(() => undefined);
    return received;
  }

  it('receives plain and compressed bodies', async () => {
    const plain = new FakeRequest();
    const packed = new FakeRequest({ 'content-encoding': 'gzip' });
    const bodies = [receive(plain), receive(packed)];

    for (const [request, bytes] of [
      [plain, Buffer.from('{"a":1}')],
      [packed, gzipSync('{"a":1}')],
    ] as const) {
      for (const byte of bytes) request.arrive(Buffer.of(byte));
      request.finish();
    }

    for (const { bytes, slot } of await Promise.all(bodies)) expect([String(bytes), slot]).toEqual(['{"a":1}', null]);
  });

  it('aborts a body that exceeds its time limit', async () => {
    const request = new FakeRequest();
    const received = receive(request);

    jest.advanceTimersByTime(TIMEOUT_MS - 1);
    request.arrive(Buffer.from('{'));
    jest.advanceTimersByTime(1);

    expect(await outcomeOf(received)).toMatchObject({ status: 408 });
  });

  it('aborts a large body that arrives too slowly and releases its slot', async () => {
    const request = new FakeRequest({ 'content-length': String(4 * LARGE_BODY_BYTES) });
    const received = receive(request);

    request.arrive(Buffer.alloc(LARGE_BODY_BYTES));
    jest.advanceTimersByTime(WINDOW_MS);
    request.arrive(Buffer.alloc(10_000));
    jest.advanceTimersByTime(WINDOW_MS);

    expect(await outcomeOf(received)).toMatchObject({ status: 408, message: expect.stringContaining('slowly') });
    expect(released).toBe(1);
  });

  it('accepts a small body that arrives slowly', async () => {
    const request = new FakeRequest({ 'content-length': '2' });
    const received = receive(request);

    jest.advanceTimersByTime(WINDOW_MS * 2);
    request.arrive(Buffer.from('{}'));
    request.finish();

    expect(String((await received).bytes)).toBe('{}');
  });

  it('stops when the client disconnects and releases its slot', async () => {
    const request = new FakeRequest({ 'content-length': String(LARGE_BODY_BYTES), 'content-encoding': 'gzip' });
    const received = receive(request);

    request.arrive(gzipSync('{}').subarray(0, 5));
    request.destroy();

    await expect(received).rejects.toMatchObject({ status: 400 });
    expect(released).toBe(1);
  });

  it('drains the rest of a rejected body for a limited time', async () => {
    const request = new FakeRequest();
    const received = receive(request, 10);

    request.arrive(Buffer.alloc(11));
    await expect(received).rejects.toMatchObject({ status: 413 });
    request.arrive(Buffer.alloc(1_000_000));
    await new Promise(setImmediate);

    expect(request.readableLength).toBe(0);
    jest.advanceTimersByTime(30_000);
    expect(request.destroyed).toBe(true);
  });

  it('rejects an unknown encoding', async () => {
    const received = receive(new FakeRequest({ 'content-encoding': 'zstd' }));

    await expect(received).rejects.toMatchObject({ status: 415 });
  });
});

/** What became of a body by now: its refusal, or that there is none yet. */
function outcomeOf(received: Promise<unknown>): Promise<unknown> {
  const later = new Promise((resolve) => {
    setImmediate(resolve, 'not settled');
  });
  return Promise.race([received.catch((error: unknown) => error), later]);
}
