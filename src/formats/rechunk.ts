/**
 * The same bytes in chunks of exactly that size, except the last: a cost per chunk is then paid less often.
 * @param take returns a buffer of that size for a chunk, such as one that is used again
 */
export async function* rechunk(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
  take: () => Buffer = () => Buffer.allocUnsafe(size),
): AsyncGenerator<Buffer> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    while (pendingBytes + rest.length >= size) {
      const part = rest.subarray(0, size - pendingBytes);
      const whole = take();
      let filled = 0;
      for (const piece of [...pending, part]) {
        whole.set(piece, filled);
        filled += piece.length;
      }
      yield whole;
      rest = rest.subarray(part.length);
      pending = [];
      pendingBytes = 0;
    }
    if (rest.length === 0) continue;
    pending.push(rest);
    pendingBytes += rest.length;
  }
  if (pendingBytes > 0) yield Buffer.concat(pending, pendingBytes);
}
