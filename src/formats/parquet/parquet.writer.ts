import { DomainError } from '../../platform/errors/domain-error';
import type { ExportWarning, Relation, Relations } from '../content';
import { PLAIN_ROWS, type RowWeight, type TableForecast } from '../forecast';
import type { ExportOptions } from '../options';
import { RelationProgress } from '../row-progress';
import { FormatWriter, type RenderedFile, type ReportProgress, type SealArchive } from '../writer';
import { toTableArchive } from '../zip/table-archive';
import { isDuckDbInstalled } from './duckdb-package';
import { ParquetProcess } from './parquet-process';
import type { ParquetMessage } from './parquet-protocol';
import { ParquetNames, renamingWarnings } from './parquet-names';
import { MAX_ROW_MB, ParquetTable } from './parquet-table';

/** Of the bytes of the rows as CSV. */
const COMPRESSION = 0.22;

/** Apache Parquet. PostgreSQL renders the rows as text; DuckDB encodes them, in a process of its own. */
export class ParquetWriter extends FormatWriter<'relations'> {
  override readonly format = 'parquet' as const;
  override readonly contentType = 'application/vnd.apache.parquet';
  override readonly accepts = ['relations'] as const;
  override readonly isDivisible = true;

  constructor(private readonly isInstalled: () => boolean = isDuckDbInstalled) {
    super();
  }

  override requireInstallation(): void {
    if (!this.isInstalled()) throw unavailable();
  }

  protected override weigh(): RowWeight {
    return { ...PLAIN_ROWS, secondsPerRow: 7e-6, compression: COMPRESSION };
  }

  protected override foresee(tables: readonly TableForecast[]): ExportWarning[] {
    return tables.flatMap(({ name, columns }) => {
      const names = new ParquetNames();
      return renamingWarnings(
        name,
        columns.map((column) => names.next(column)),
      );
    });
  }

  /** One table is one file; several are a zip of files with a manifest. */
  override write(
    content: Relations,
    _options: ExportOptions,
    report: ReportProgress,
    seal?: SealArchive,
  ): RenderedFile {
    this.requireInstallation();
    const { format: extension, contentType } = this;
    const progress = new RelationProgress(content.relations, report);
    const warnings = [...content.warnings];
    const render = (relation: Relation) => writeTable(relation, progress, warnings);
    const summary = () => ({ pageCount: null, recordCount: progress.recordCount, warnings });
    const [only, ...others] = content.relations;
    if (only && others.length === 0) return { extension, contentType, body: render(only), summary };
    const table = { extension, contentType, render, compressionLevel: 0 as const };
    return toTableArchive(content, table, progress, summary, seal);
  }
}

/**
 * The file of a table. It ends well only if it has as many rows as PostgreSQL has sent.
 * @param warnings receives those of the table
 */
async function* writeTable(
  relation: Relation,
  progress: RelationProgress,
  warnings: ExportWarning[],
): AsyncGenerator<Uint8Array> {
  const { name, columns } = relation;
  const table = new ParquetTable(name, columns);
  const child = new ParquetProcess(table.job);
  const rows = new WatchedRows(progress.render(relation, table.projection));
  const fed = child.feed(rows).catch(() => {
    // Without all rows the process would write a valid file of those it has.
    if (rows.error !== undefined) child.kill();
  });
  try {
    yield* child.output as AsyncIterable<Uint8Array>;
    const outcome = await child.outcome().catch((error: unknown) => {
      throw rows.error ?? error;
    });
    await fed;
    if (rows.error !== undefined) throw rows.error;
    if (outcome.kind === 'failed') throw toError(name, outcome);
    const count = progress.recordCountOf(relation);
    if (outcome.rows !== count)
      throw new Error(`The Parquet file has ${outcome.rows} rows, but PostgreSQL sent ${count}`);
    warnings.push(...table.warnings(outcome.discarded));
  } finally {
    await child.close();
    await fed;
  }
}

/** Passes rows on, and knows the error with which they ended. */
class WatchedRows implements AsyncIterable<Uint8Array> {
  error: Error | undefined;

  constructor(private readonly rows: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      yield* this.rows;
    } catch (error) {
      this.error = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }
}

function toError(table: string, { fault, reason }: Extract<ParquetMessage, { kind: 'failed' }>): Error {
  const name = JSON.stringify(table);
  switch (fault) {
    case 'unavailable':
      return unavailable();
    case 'too-large':
      return new DomainError(
        'unprocessable',
        'row-too-large',
        `Rows of ${name} are too large for Parquet: a row may have ${MAX_ROW_MB} MB as text. Choose another format, or leave columns out.`,
      );
    case 'value':
      return new DomainError(
        'unprocessable',
        'value-not-written',
        `A value in ${name} cannot be written as Parquet (${reason}). Choose another format, or leave its column out.`,
      );
    case 'other':
      return new Error(`DuckDB could not write Parquet: ${reason}`);
  }
}

function unavailable(): DomainError {
  const message = 'This installation of the service cannot write Parquet: DuckDB is missing. Choose another format.';
  return new DomainError('unavailable', 'format-not-installed', message);
}
