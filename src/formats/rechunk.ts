/** The same bytes in pieces of at least that size, but for the last: what costs something for each chunk costs it seldom. */
export async function* inPieces(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let pending = 0;
  for await (const chunk of chunks) {
    pieces.push(chunk);
    pending += chunk.length;
    if (pending < size) continue;
    yield Buffer.concat(pieces, pending);
    pieces = [];
    pending = 0;
  }
  if (pending > 0) yield Buffer.concat(pieces, pending);
}
