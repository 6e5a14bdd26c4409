import { chunksOf } from './verifiable-file.js';

/**
 * The content of compressed bytes.
 * @throws if they are damaged, or if something follows them
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  format: 'gzip' | 'deflate-raw',
): AsyncGenerator<Uint8Array, void> {
  const { readable, writable } = new DecompressionStream(format);
  // An error of the source or of its bytes also ends the readable side.
  const written = write(source, writable.getWriter());
  written.catch(() => undefined);
  yield* chunksOf(readable);
  await written;
}

async function write(
  source: AsyncIterable<Uint8Array>,
  writer: WritableStreamDefaultWriter<BufferSource>,
): Promise<void> {
  try {
    for await (const chunk of source) await writer.write(chunk as Uint8Array<ArrayBuffer>);
    await writer.close();
  } catch (error) {
    writer.abort(error).catch(() => undefined);
    throw error;
  }
}
