import type { FileHandle } from 'node:fs/promises';

/** A file that is open for reading. */
type OpenFile = Pick<FileHandle, 'read' | 'close'>;

/** Half as many turns of the event loop as for Node's 64 KB, and little memory for hundreds of readers. */
const CHUNK_BYTES = 128 * 1024;

/** Half of Node's file system threads: the other half serves everything else. */
const READS_AT_ONCE = 2;

/**
 * Reads files for many readers at once. Only a few reads run at a time, in the order in which they were wanted, so that
 * the event loop gets to other work after each few chunks, however many readers there are. One buffer per reader is used
 * again for each chunk.
 */
export class DiskReader {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * The bytes from `start` up to and with `end`, or up to the end of the file. A chunk is valid until the next one is taken. The file is
   * closed at the end, also when its reader leaves early.
   */
  async *read(
    file: OpenFile,
    { start, end }: { readonly start: number; readonly end: number },
  ): AsyncGenerator<Buffer> {
    try {
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - start + 1));
      for (let position = start; position <= end;) {
        const wanted = Math.min(buffer.length, end - position + 1);
        const { bytesRead } = await this.inTurn(() => file.read(buffer, 0, wanted, position));
        if (bytesRead === 0) return;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running < READS_AT_ONCE) this.running++;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The turn goes on to the reader that has waited longest.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
