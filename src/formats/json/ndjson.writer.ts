import type { Relations } from '../content';
import type { RowWeight } from '../forecast';
import { type ExportOptions, type FormatOptions, readOptions } from '../options';
import { RelationProgress } from '../row-progress';
import { COMPRESSION, toTextFile } from '../text-file';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import { JSON_ROWS, toJsonRow } from './json-row';
import { NdjsonPreviewReader } from './ndjson-preview';

const NDJSON_OPTIONS = { compression: COMPRESSION } as const satisfies FormatOptions;

/** One row per line. If there are several tables, each row names its own. */
export class NdjsonWriter extends FormatWriter<'relations'> {
  override readonly format = 'ndjson' as const;
  override readonly contentType = 'application/x-ndjson';
  override readonly accepts = ['relations'] as const;
  override readonly isStreamable = true;
  override readonly isDivisible = true;
  override readonly options = NDJSON_OPTIONS;

  protected override weigh(): RowWeight {
    return JSON_ROWS;
  }

  override write({ relations, warnings }: Relations, given: ExportOptions, report: ReportProgress): RenderedFile {
    const { compression } = readOptions(NDJSON_OPTIONS, given);
    const progress = new RelationProgress(relations, report);
    return toTextFile(this, { body: toLines(relations, progress), compression, progress, warnings });
  }

  override readPreview(_options: ExportOptions, maxRows: number): NdjsonPreviewReader {
    return new NdjsonPreviewReader(maxRows);
  }
}

async function* toLines(relations: Relations['relations'], progress: RelationProgress): AsyncGenerator<Uint8Array> {
  for (const relation of relations) {
    yield* progress.render(relation, toJsonRow(relation, { isListed: false, namesItsTable: relations.length > 1 }));
  }
}
