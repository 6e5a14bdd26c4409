import type { ExportFormat } from './export-format';
import type { ExportOptions } from './writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from './writer';
import type { Relations } from './relation';
import { compressed } from './compression';
import { relationOptions } from './relation-options';
import { RowTally } from './row-progress';

/** A format in which all tables make one file of text. */
export abstract class TextWriter extends FormatWriter<'relations'> {
  override readonly writes = 'relations';
  abstract override readonly format: ExportFormat;
  protected abstract readonly contentType: string;

  override write(content: Relations, given: ExportOptions, report: ReportProgress): RenderedFile {
    const tally = new RowTally(content.relations, report);
    const file = { extension: this.format, contentType: this.contentType, body: this.textOf(content, tally) };
    return {
      ...compressed(file, relationOptions(given)),
      summary: () => ({ pageCount: null, recordCount: tally.recordCount, warnings: content.warnings }),
    };
  }

  protected abstract textOf(content: Relations, tally: RowTally): AsyncIterable<Uint8Array>;
}
