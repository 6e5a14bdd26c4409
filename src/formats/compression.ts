import { Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import type { RenderedFile } from './writer';
import type { RelationOptions } from './relation-options';

type Body = Omit<RenderedFile, 'summary'>;

/** The file as it is, or as a gzip of it. */
export function compressed(file: Body, { gzip }: RelationOptions): Body {
  if (!gzip) return file;
  return {
    extension: `${file.extension}.gz`,
    contentType: 'application/gzip',
    body: gzipped(file.body),
  };
}

async function* gzipped(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(body, { objectMode: false });
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  source.on('error', (error) => gzip.destroy(error));
  try {
    yield* source.pipe(gzip) as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
  }
}
