import { availableParallelism } from 'node:os';
import { constants, crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { rechunk } from './rechunk';

/**
 * Large enough that the cost of a call does not count, small enough that several fit into little memory. All pieces have this size, so
 * the same content always becomes the same bytes.
 */
const PIECE_BYTES = 512 * 1024;

/** How far back deflate refers, as a power of two: RFC 1951, 2. In rows, fast compression finds as much in 8 KB, in less time. */
const WINDOW_BITS = 15;
const FAST_WINDOW_BITS = 13;

/** What is allocated at once for compressed bytes. */
const OUTPUT_BYTES = 128 * 1024;

/** Node compresses in four threads; one is left for reading and writing files. */
const MAX_AT_ONCE = 3;

/** An empty block that is the last one, with fixed codes: RFC 1951, 3.2.3. */
const LAST_BLOCK = Buffer.from([0x03, 0x00]);

/** The header without a name or a time, "fastest algorithm", of Unix: RFC 1952, 2.3. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3]);

/** New memory for each piece would make V8 collect garbage, of all of the heap, again and again. */
const spare: ArrayBufferLike[] = [];
const MAX_SPARE = 2 * MAX_AT_ONCE;
const takePiece = () => Buffer.from(spare.pop() ?? new ArrayBuffer(PIECE_BYTES));

/**
 * Compresses bytes as one stream of RFC 1951, several pieces of it at the same time. Each piece ends at a byte and refers only to
 * itself, which costs less than a hundredth of the size.
 */
export async function* deflated(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  level: number,
): AsyncGenerator<Buffer> {
  const atOnce = Math.min(availableParallelism(), MAX_AT_ONCE);
  const begun: Promise<readonly Buffer[]>[] = [];
  const deflaters: PieceDeflater[] = [];
  let pieces = 0;
  const compress = async (piece: Buffer) => {
    // The piece that it compressed before was awaited.
    const deflater = (deflaters[pieces++ % atOnce] ??= new PieceDeflater(level));
    const compressed = await deflater.compress(piece);
    if (spare.length < MAX_SPARE) spare.push(piece.buffer);
    return compressed;
  };
  try {
    for await (const piece of rechunk(source, PIECE_BYTES, takePiece)) {
      if (begun.length === atOnce) yield* await (begun.shift() as Promise<readonly Buffer[]>);
      const compressed = compress(piece);
      // Who waits for the piece gets the error.
      compressed.catch(() => undefined);
      begun.push(compressed);
    }
    for (const compressed of begun) yield* await compressed;
    yield LAST_BLOCK;
  } finally {
    for (const deflater of deflaters) deflater.close();
  }
}

/** Compresses pieces one after the other, with the same memory. */
class PieceDeflater {
  private readonly stream: DeflateRaw;
  private compressed: Buffer[] = [];

  constructor(level: number) {
    const windowBits = level === constants.Z_BEST_SPEED ? FAST_WINDOW_BITS : WINDOW_BITS;
    this.stream = createDeflateRaw({ level, windowBits, chunkSize: OUTPUT_BYTES });
    this.stream.on('data', (chunk: Buffer) => this.compressed.push(chunk));
  }

  compress(piece: Buffer): Promise<readonly Buffer[]> {
    this.compressed = [];
    this.stream.reset();
    return new Promise((resolve, reject) => {
      this.stream.once('error', reject);
      this.stream.write(piece);
      // Fails when it is closed meanwhile.
      this.stream.flush(constants.Z_SYNC_FLUSH, (error?: Error | null) => {
        this.stream.off('error', reject);
        if (error) reject(error);
        else resolve(this.compressed);
      });
    });
  }

  close(): void {
    this.stream.close();
  }
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
