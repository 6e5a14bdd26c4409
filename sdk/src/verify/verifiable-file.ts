/** A file wherever it is: it is read as a stream, and never as a whole. */
export interface VerifiableFile {
  /** Relative to what is verified, with `/` between folders. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** The bytes from `start` to `end`, which is not included; by default all. */
  read(start?: number, end?: number): AsyncIterable<Uint8Array>;
}

/** A file of a browser, or bytes in memory. */
export function fileOfBlob(blob: Blob, name: string): VerifiableFile {
  return {
    name,
    size: blob.size,
    read: (start = 0, end = blob.size) => chunksOf(blob.slice(start, end).stream()),
  };
}

/** Not all browsers iterate over streams. */
export async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** A range of a file as one array. */
export async function readBytes(file: VerifiableFile, start = 0, end = file.size): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - start);
  let length = 0;
  for await (const chunk of file.read(start, end)) {
    if (length + chunk.length > bytes.length) break;
    bytes.set(chunk, length);
    length += chunk.length;
  }
  if (length < bytes.length) throw new Error(`${file.name} ended at byte ${start + length}, before byte ${end}.`);
  return bytes;
}

/** The name without its folders. */
export function baseNameOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The folder of a file with a `/` after it; empty for the topmost one. */
export function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}
