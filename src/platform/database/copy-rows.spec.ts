import { PassThrough } from 'node:stream';
import type { ClientBase, Submittable } from 'pg';
import { CopyRows } from './copy-rows';
import { sql } from './sql';

const ROWS = ['1,one\n', '2,\n', `3,${'x'.repeat(300)}\n`, '4,four\n'];

/** A message of PostgreSQL's protocol. */
function message(code: string, payload: string): Buffer {
  const head = Buffer.alloc(5);
  head.write(code);
  head.writeInt32BE(payload.length + 4, 1);
  return Buffer.concat([head, Buffer.from(payload, 'latin1')]);
}

const BEFORE = message('H', '\0\0\0');
const AMONG = message('N', 'SNOTICE\0');
const AFTER = Buffer.concat([message('c', ''), message('C', 'COPY 4\0'), message('Z', 'T')]);
const ANSWER = Buffer.concat([
  BEFORE,
  message('d', ROWS[0]!),
  message('d', ROWS[1]!),
  AMONG,
  message('d', ROWS[2]!),
  message('d', ROWS[3]!),
  AFTER,
]);

/** The same rows in the binary format. */
const FIELDS = ROWS.map((row) => {
  const framing = Buffer.alloc(6);
  framing.writeInt16BE(1);
  framing.writeInt32BE(row.length, 2);
  return framing.toString('latin1') + row;
});
const SIGNATURE = `PGCOPY\n\xff\r\n${'\0'.repeat(9)}`;
const NO_FIELDS = '\xff\xff';
const BINARY = Buffer.concat([
  message('H', '\x01\0\x01\0\x01'),
  message('d', SIGNATURE + FIELDS[0]!),
  message('d', FIELDS[1]!),
  AMONG,
  message('d', FIELDS[2]!),
  message('d', FIELDS[3]!),
  message('d', NO_FIELDS),
  AFTER,
]);

/** Starts a query on a connection whose other side a test plays; what pg would get is collected. */
function start(flow?: Parameters<typeof CopyRows.start>[2]) {
  const stream = new PassThrough();
  const forPg: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => forPg.push(chunk));
  const client = {
    query: (query: Submittable) => {
      query.submit({ stream, query: () => undefined } as never);
      return query;
    },
  };
  return { rows: CopyRows.start(client as unknown as ClientBase, sql`COPY a TO STDOUT`, flow), stream, forPg };
}

const turn = () => new Promise((done) => setImmediate(done));

async function read(rows: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of rows) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('CopyRows', () => {
  it.each(
    [1, 2, 3, 4, 5, 7, 11, 64, 1000].flatMap((size) => [
      { size, format: 'text', answer: ANSWER },
      { size, format: 'binary', answer: BINARY },
    ]),
  )('passes on the $format of the rows, however it arrives: $size bytes at a time', async ({ size, answer }) => {
    const { rows, stream, forPg } = start();
    const reading = read(rows);

    for (let at = 0; at < answer.length; at += size) {
      stream.write(Buffer.from(answer.subarray(at, at + size)));
      await turn();
    }
    rows.handleCommandComplete({ text: 'COPY 4' });
    rows.handleReadyForQuery();

    expect(await reading).toBe(ROWS.join(''));
    expect(rows.count()).toBe(4);
    expect(Buffer.concat(forPg)).toEqual(AFTER);
    await expect(rows.completion).resolves.toBeUndefined();
  });

  it('passes on nothing of a binary answer without rows', async () => {
    const { rows, stream } = start();
    const reading = read(rows);

    stream.write(Buffer.concat([message('H', '\x01\0\x01\0\x01'), message('d', SIGNATURE + NO_FIELDS), AFTER]));
    await turn();
    rows.handleReadyForQuery();

    expect(await reading).toBe('');
  });

  it('makes one chunk of one chunk, and counts its rows', async () => {
    const received: [number, number][] = [];
    const { rows, stream } = start({
      received: (bytes, count) => {
        received.push([bytes, count]);
        return 0;
      },
      taken: () => undefined,
      isFull: () => false,
    });

    stream.write(Buffer.from(ANSWER.subarray(0, ANSWER.length - AFTER.length)));
    await turn();

    expect(received).toEqual([[ROWS.join('').length, 4]]);
    expect(((await rows[Symbol.asyncIterator]().next()).value as Buffer).toString()).toBe(ROWS.join(''));
  });

  it('reads no more while its flow is full, and reads on when it may', async () => {
    let isFull = true;
    const { rows, stream } = start({ received: () => 0, taken: () => undefined, isFull: () => isFull });

    stream.write(message('d', 'one\n'));
    await turn();
    const wasPaused = stream.isPaused();
    isFull = false;
    rows.readOn();

    expect([wasPaused, stream.isPaused()]).toEqual([true, false]);
  });

  it('leaves an error to pg, and rejects with it', async () => {
    const { rows, stream, forPg } = start();
    const reading = read(rows);

    stream.write(Buffer.concat([BEFORE, message('d', ROWS[0]!), message('E', 'SERROR\0')]));
    await turn();
    rows.handleError(new Error('division by zero'));

    await expect(reading).rejects.toThrow('division by zero');
    await expect(rows.completion).rejects.toThrow('division by zero');
    expect(Buffer.concat(forPg)).toEqual(message('E', 'SERROR\0'));
  });
});
