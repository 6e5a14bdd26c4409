import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import type { ExportWarning } from './content';
import { gzipped } from './deflate';
import type { FormatOption } from './options';
import type { FormatWriter, RenderedFile } from './writer';

/** The option by which a text format compresses its file. */
export const COMPRESSION = {
  type: 'choice',
  values: ['gzip'],
  description: 'Compress the file',
} as const satisfies FormatOption;

/** The content type of a compressed file. */
export const GZIP = 'application/gzip';

interface TextFile {
  readonly body: AsyncIterable<Uint8Array>;
  readonly compression: 'gzip' | undefined;
  readonly progress: { readonly recordCount: number };
  readonly warnings: readonly ExportWarning[];
}

/** A file of rows as text, compressed on request. */
export function toTextFile(
  { format, contentType }: Pick<FormatWriter, 'format' | 'contentType'>,
  { body, compression, progress, warnings }: TextFile,
): RenderedFile {
  const summary = () => ({ pageCount: null, recordCount: progress.recordCount, warnings });
  if (compression === undefined) return { extension: format, contentType, body, summary };
  return { extension: `${format}.gz`, contentType: GZIP, body: gzipped(body), summary };
}

/** The content of a compressed file, of which only the start may be given. */
export async function* decompressed(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(body, { objectMode: false });
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  // A pipe does not forward errors.
  source.on('error', (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
  }
}
