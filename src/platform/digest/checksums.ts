import { crc32 } from 'node:zlib';
import { DigestedBytes } from './block-digest';

/** Passes bytes on, and computes their checksums and the CRC-32 that zips have. */
export class Checksums implements AsyncIterable<Uint8Array> {
  private readonly bytes: DigestedBytes;
  /** Final after the last byte. */
  crc32 = 0;

  constructor(private readonly source: AsyncIterable<Uint8Array>) {
    this.bytes = new DigestedBytes(this.counted());
  }

  /** Whether the source failed, and not its reader. */
  get failed(): boolean {
    return this.bytes.failed;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    return this.bytes[Symbol.asyncIterator]();
  }

  /** Call it once, after the last byte. */
  digest(): ReturnType<DigestedBytes['digest']> {
    return this.bytes.digest();
  }

  private async *counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.source) {
      this.crc32 = crc32(chunk, this.crc32);
      yield chunk;
    }
  }
}
