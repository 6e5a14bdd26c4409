import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

export interface ZipEntry {
  readonly name: string;
  /** 0 for what is compressed already; low levels cost little more time than none. */
  readonly compressionLevel: 0 | 1 | 6;
  /** Called when the entries before it have gone out. */
  readonly open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** The bytes of a zip. An entry is opened when the one before has gone out, so that little is ever in memory. */
export async function* zip(entries: readonly ZipEntry[]): AsyncGenerator<Uint8Array> {
  const file = new ZipFile();
  // A PassThrough by nature; destroyed, it throws at whoever reads, where yazl would only stop writing.
  const output = file.outputStream as Readable;
  let current: Readable | undefined;
  const fail = (error: Error) => output.destroy(error);
  file.on('error', fail);
  for (const entry of entries) {
    const { name, compressionLevel } = entry;
    file.addReadStreamLazy(name, { compress: compressionLevel > 0, compressionLevel }, (pass) => {
      current = Readable.from(entry.open(), { objectMode: false });
      // yazl pipes it on, and a pipe tells nobody of an error: unheard, it would end the process.
      current.once('error', fail);
      pass(null, current);
    });
  }
  file.end();
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } finally {
    current?.destroy();
  }
}
