import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import { rechunk } from './rechunk';

/**
 * Large enough that the cost of a call does not count, small enough that several fit into little memory. All pieces have this size, so
 * the same content always becomes the same bytes.
 */
const PIECE_BYTES = 512 * 1024;

/** How far back deflate refers: RFC 1951, 2. */
const WINDOW_BYTES = 32 * 1024;

/** What most pieces of rows are compressed to; larger ones take several. */
const OUTPUT_BYTES = 128 * 1024;

/** Node compresses in four threads; one is left for reading and writing files. */
const MAX_AT_ONCE = 3;

/** An empty block that is the last one, with fixed codes: RFC 1951, 3.2.3. */
const LAST_BLOCK = Buffer.from([0x03, 0x00]);

/** The header without a name or a time, "fastest algorithm", of Unix: RFC 1952, 2.3. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3]);

const deflatePiece = promisify<Buffer, Parameters<typeof deflateRaw>[1], Buffer>(deflateRaw);

/**
 * Compresses bytes as one stream of RFC 1951, several pieces of it at the same time. Each piece ends at a byte, and may refer to the
 * one before, so dividing costs hardly any size.
 */
export async function* deflated(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  level: number,
): AsyncGenerator<Buffer> {
  const atOnce = Math.min(availableParallelism(), MAX_AT_ONCE);
  const begun: Promise<Buffer>[] = [];
  // New memory for each piece would make V8 collect garbage, of all of the heap, again and again.
  const free: Buffer[] = [];
  const takeBuffer = () => free.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
  const compress = async (piece: Buffer, dictionary: Buffer | undefined) => {
    const compressed = await deflatePiece(piece, {
      level,
      dictionary,
      chunkSize: OUTPUT_BYTES,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    if (piece.length === PIECE_BYTES) free.push(piece);
    return compressed;
  };
  let dictionary: Buffer | undefined;
  for await (const piece of rechunk(source, PIECE_BYTES, takeBuffer)) {
    if (begun.length === atOnce) yield await (begun.shift() as Promise<Buffer>);
    const compressed = compress(piece, dictionary);
    // Who waits for the piece gets the error.
    compressed.catch(() => undefined);
    begun.push(compressed);
    // The buffer of the piece may be filled again before the next one is compressed.
    dictionary = Buffer.from(piece.subarray(-WINDOW_BYTES));
  }
  for (const compressed of begun) yield await compressed;
  yield LAST_BLOCK;
}

/** Compresses bytes as one member of RFC 1952, as fast as possible. */
export async function* gzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  yield GZIP_HEADER;
  const measured = new MeasuredBytes(source);
  yield* deflated(measured, constants.Z_BEST_SPEED);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(measured.crc, 0);
  trailer.writeUInt32LE(measured.size % 2 ** 32, 4);
  yield trailer;
}

/** Passes bytes on; knows their number and checksum afterwards. */
export class MeasuredBytes implements AsyncIterable<Uint8Array> {
  /** CRC-32 as in zip and gzip. */
  crc = 0;
  size = 0;

  constructor(private readonly source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.source) {
      this.crc = crc32(chunk, this.crc);
      this.size += chunk.length;
      yield chunk;
    }
  }
}
