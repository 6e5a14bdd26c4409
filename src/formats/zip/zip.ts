import { Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import { inPieces } from '../rechunk';
import { centralDirectory, dataDescriptor, localHeader, type WrittenEntry } from './zip-records';

export interface ZipEntry {
  /** With `/` between folders. */
  readonly name: string;
  /** 0 for what is compressed already; low levels cost little more time than none. */
  readonly compressionLevel: 0 | 1 | 6;
  /** Called when the entries before it have gone out. */
  readonly open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Deflate goes to a thread and back for each piece that it is given: larger ones go seldom. */
const PIECE_BYTES = 256 * 1024;

/**
 * The bytes of a zip, by PKWARE's APPNOTE 6.3. An entry is opened when the one before has gone out, so that little is ever
 * in memory; sizes and checksums follow the bytes, which nobody knows before.
 * @param entries of which the next is asked for when the one before has gone out
 * @param modifiedAt that the entries show
 */
export async function* zip(entries: Iterable<ZipEntry>, modifiedAt = new Date()): AsyncGenerator<Uint8Array> {
  const written: WrittenEntry[] = [];
  let offset = 0;
  for (const { name, compressionLevel, open } of entries) {
    const header = localHeader(name, compressionLevel > 0, modifiedAt);
    yield header;
    const measure = new Measure(open());
    let compressedSize = 0;
    for await (const chunk of compressionLevel > 0 ? deflated(measure, compressionLevel) : measure) {
      compressedSize += chunk.length;
      yield chunk;
    }
    const { crc, size } = measure;
    const entry = { name, isCompressed: compressionLevel > 0, modifiedAt, crc, size, compressedSize, offset };
    const descriptor = dataDescriptor(entry);
    yield descriptor;
    written.push(entry);
    offset += header.length + compressedSize + descriptor.length;
  }
  yield centralDirectory(written, offset);
}

/** Passes bytes on in larger pieces, and knows afterwards how many they were and their checksum. */
class Measure implements AsyncIterable<Uint8Array> {
  crc = 0;
  size = 0;

  constructor(private readonly source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const piece of inPieces(this.source, PIECE_BYTES)) {
      this.crc = crc32(piece, this.crc);
      this.size += piece.length;
      yield piece;
    }
  }
}

async function* deflated(source: AsyncIterable<Uint8Array>, level: number): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source, { objectMode: false, highWaterMark: PIECE_BYTES });
  const deflate = createDeflateRaw({ level, chunkSize: PIECE_BYTES });
  // A pipe tells nobody of an error: unheard, it would end the process.
  input.once('error', (error) => deflate.destroy(error));
  try {
    yield* input.pipe(deflate) as AsyncIterable<Uint8Array>;
  } finally {
    input.destroy();
  }
}
