import { Injectable } from '@nestjs/common';
import type { ExportOptions } from '../../model/domain/export';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../../model/domain/format-writer';
import type { Relations } from '../../model/domain/relation';
import { compressed } from './compression';
import { jsonRow } from './json-row';
import { relationOptions } from './relation-options';
import { RowTally } from './row-tally';

/** One row a line; where there are several tables, each row names its own. */
@Injectable()
export class NdjsonWriter extends FormatWriter<'relations'> {
  override readonly format = 'ndjson';
  override readonly writes = 'relations';

  override write(content: Relations, given: ExportOptions, report: ReportProgress): RenderedFile {
    const tally = new RowTally(content.relations, report);
    const file = { extension: 'ndjson', contentType: 'application/x-ndjson', body: linesOf(content, tally) };
    return {
      ...compressed(file, relationOptions(given)),
      summary: () => ({ pageCount: null, recordCount: tally.recordCount, warnings: content.warnings }),
    };
  }
}

async function* linesOf({ relations }: Relations, tally: RowTally): AsyncGenerator<Uint8Array> {
  for (const relation of relations) {
    yield* tally.render(relation, jsonRow(relation, { isListed: false, namesItsTable: relations.length > 1 }));
  }
}
