/**
 * The same bytes in chunks of exactly that size, except the last: a cost per chunk is then paid less often. Each chunk is copied
 * before the next one is taken.
 * @param take returns a buffer of that size for a chunk, such as one that is used again
 */
export async function* rechunk(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
  take: () => Buffer = () => Buffer.allocUnsafe(size),
): AsyncGenerator<Buffer> {
  let whole: Buffer | undefined;
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      whole ??= take();
      const part = chunk.subarray(at, at + size - filled);
      whole.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield whole;
      [whole, filled] = [undefined, 0];
    }
  }
  if (whole) yield whole.subarray(0, filled);
}
