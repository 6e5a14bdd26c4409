import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHUNK_BYTES = 128 * 1024;

/** Text that is kept on disk until it is wanted, in a file without a name: it is gone as soon as nobody has it open. */
export class Spool {
  private file: FileHandle | undefined;
  private size = 0;

  async append(text: string): Promise<void> {
    this.file ??= await nameless();
    const bytes = Buffer.from(text);
    // A disk may take a part only of what it is given.
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, written, bytes.length - written, this.size);
      written += bytesWritten;
      this.size += bytesWritten;
    }
  }

  /** All that was appended, from the beginning. */
  async *read(): AsyncGenerator<Buffer> {
    for (let position = 0; this.file && position < this.size;) {
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      if (bytesRead === 0) throw new Error('A temporary file ended before its time');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** Gives the disk back. */
  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }
}

/** Even a process that is killed leaves nothing behind. */
async function nameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `export-${randomUUID()}.tmp`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}
