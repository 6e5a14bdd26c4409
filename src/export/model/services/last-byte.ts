import type { Readable } from 'node:stream';

/**
 * A file without its last byte, and that byte. Whoever is cut off anywhere before the end has not been sent it: so
 * nobody can have the whole file before the byte is given away.
 */
export class LastByte {
  private held: Buffer = Buffer.alloc(0);

  /** @param size of the whole file */
  constructor(
    private readonly source: Readable,
    private readonly size: number,
  ) {}

  /** Reads the whole source, and hands on all but its last byte. @throws when it has not as many bytes as it should */
  async *before(): AsyncGenerator<Buffer> {
    let read = 0;
    for await (const chunk of this.source as AsyncIterable<Buffer>) {
      read += chunk.length;
      // Not even a reader who takes no more than was announced may take another file for this one.
      if (read > this.size) break;
      if (read < this.size) {
        yield chunk;
        continue;
      }
      this.held = chunk.subarray(-1);
      if (chunk.length > 1) yield chunk.subarray(0, -1);
    }
    if (read !== this.size) throw new Error(`The stored file has not the ${this.size} bytes that it should have`);
  }

  /** Known once all before it have been read; of an empty file there is none. */
  last(): Buffer {
    return this.held;
  }
}
