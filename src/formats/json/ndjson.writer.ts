import type { Relations } from '../relation';
import { jsonRow } from './json-row';
import type { RowTally } from '../row-progress';
import { TextWriter } from '../text.writer';

/** One row a line; where there are several tables, each row names its own. */
export class NdjsonWriter extends TextWriter {
  override readonly format = 'ndjson';
  protected override readonly contentType = 'application/x-ndjson';

  protected override textOf(content: Relations, tally: RowTally): AsyncIterable<Uint8Array> {
    return linesOf(content, tally);
  }
}

async function* linesOf({ relations }: Relations, tally: RowTally): AsyncGenerator<Uint8Array> {
  for (const relation of relations) {
    yield* tally.render(relation, jsonRow(relation, { isListed: false, namesItsTable: relations.length > 1 }));
  }
}
