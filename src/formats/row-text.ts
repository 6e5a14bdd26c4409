import type { Cell } from './table';

/** Large enough for few of them to go out, small enough for long texts never to be many in one. */
const PIECE_UNITS = 128 * 1024;

/**
 * Rows as UTF-8.
 * @param textOf makes one row of text
 */
export async function* rowText(
  batches: AsyncIterable<readonly (readonly Cell[])[]>,
  textOf: (row: readonly Cell[]) => string,
): AsyncGenerator<Buffer> {
  for await (const rows of batches) {
    let piece = '';
    for (const row of rows) {
      piece += textOf(row);
      if (piece.length < PIECE_UNITS) continue;
      yield Buffer.from(piece);
      piece = '';
    }
    if (piece !== '') yield Buffer.from(piece);
  }
}
