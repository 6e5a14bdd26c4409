import type { Duplex } from 'node:stream';
import { type Connection, type PoolClient, Query, type QueryResult } from 'pg';

/** What pg passes to the function that writes the Bind message. */
interface BindConfig {
  readonly values: readonly unknown[];
  /** @returns text, bytes, or `null` */
  readonly valueMapper: (value: unknown) => string | Buffer | null;
}

const TEXT = 0;
const BINARY = 1;
const NULL_LENGTH = -1;

/**
 * Runs a statement with large values. pg would copy all values into one message, twice; this writes buffers to the socket as
 * they are.
 */
export async function queryInPieces(client: PoolClient, text: string, values: unknown[]): Promise<unknown> {
  const query = new Query({ text, values });
  const submit = query.submit.bind(query);
  query.submit = (connection) => {
    const bind = (config: BindConfig) => {
      sendBind(connection.stream, config);
    };
    submit(Object.create(connection, { bind: { value: bind } }) as Connection);
  };
  const { rows } = await new Promise<QueryResult<object>>((resolve, reject) => {
    query.once('end', resolve);
    query.on('error', reject);
    client.query(query);
  });
  return rows;
}

/** The Bind message of PostgreSQL's protocol, for the unnamed statement and portal. */
function sendBind(stream: Duplex, { values, valueMapper }: BindConfig): void {
  const parameters = values.map((value) => {
    const mapped = valueMapper(value);
    return {
      format: Buffer.isBuffer(mapped) ? BINARY : TEXT,
      bytes: typeof mapped === 'string' ? Buffer.from(mapped) : mapped,
    };
  });
  const pieces = [
    Buffer.from('\0\0'),
    int16s(parameters.length, ...parameters.map(({ format }) => format), parameters.length),
    ...parameters.flatMap(({ bytes }) => (bytes ? [int32(bytes.length), bytes] : [int32(NULL_LENGTH)])),
    // The format of all results.
    int16s(1, TEXT),
  ];
  const length = pieces.reduce((sum, piece) => sum + piece.length, 4);
  for (const piece of [Buffer.from('B'), int32(length), ...pieces]) stream.write(piece);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeInt16BE(value, index * 2);
  return bytes;
}
