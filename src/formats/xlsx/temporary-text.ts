import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHUNK_BYTES = 128 * 1024;

/** Text kept on disk in an unlinked file: the space is freed when the file is closed, or when the process exits. */
export class TemporaryText {
  private file: FileHandle | undefined;
  private size = 0;

  async append(text: string): Promise<void> {
    this.file ??= await openUnlinked();
    const bytes = Buffer.from(text);
    // A write may be partial.
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, written, bytes.length - written, this.size);
      written += bytesWritten;
      this.size += bytesWritten;
    }
  }

  /** Everything that was appended, from the beginning. */
  async *read(): AsyncGenerator<Buffer> {
    for (let position = 0; this.file && position < this.size;) {
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      if (bytesRead === 0) throw new Error('A temporary file is shorter than what was written to it');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }
}

/** A process that is killed leaves no file behind either. */
async function openUnlinked(): Promise<FileHandle> {
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
