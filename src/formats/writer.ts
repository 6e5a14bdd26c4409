import type { FileDigest } from '../platform/digest/block-digest';
import type { ContentKind, ContentOf, ExportWarning } from './content';
import { type FileForecast, PLAIN_ROWS, type RowWeight, type TableForecast, weighRows } from './forecast';
import type { ExportOptions, FormatOptions } from './options';
import type { PreviewReader } from './preview';

export type ProgressUnit = 'pages' | 'rows';

/** How far the work is. `total` is `null` until it is known. */
export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly unit: ProgressUnit | null;
}

export type ReportProgress = (progress: Progress) => void;

/** What is in a file. */
export interface FileSummary {
  readonly pageCount: number | null;
  readonly recordCount: number | null;
  readonly warnings: readonly ExportWarning[];
}

/** A file inside an archive, before compression. */
export interface ArchivedFile {
  /** With `/` between folders. */
  readonly name: string;
  readonly contentType: string;
  readonly rows: number | null;
  readonly digest: FileDigest;
}

/** All that is in an archive but its manifest. */
export interface ArchiveContents {
  readonly files: readonly ArchivedFile[];
  readonly summary: FileSummary;
}

/** The members that the manifest of an archive gets. */
export interface SealedArchive {
  readonly manifest: object;
  /** The signature of the manifest's text; `null` if it is not signed. */
  readonly jws: string | null;
}

/** Makes the signed manifest of an archive, just before the archive ends. */
export type SealArchive = (contents: ArchiveContents) => SealedArchive;

/** A file that is produced while its body is read. */
export interface RenderedFile {
  /** Without a dot. It may differ from the format's name: several pictures come in a zip. */
  readonly extension: string;
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Final once the body has been read. */
  summary(): FileSummary;
}

/** A file format: which content it can write, with which options, and how that becomes bytes. */
export abstract class FormatWriter<Kind extends ContentKind = ContentKind> {
  /** The name of the format in the API. */
  abstract readonly format: string;
  /** Of a single file that is not compressed. */
  abstract readonly contentType: string;
  abstract readonly accepts: readonly Kind[];
  /** Whether a reader can use the first rows before the last have arrived, so that they can be an HTTP response. */
  readonly isStreamable: boolean = false;
  /** Whether files with some of the rows each are together what one file with all rows is. */
  readonly isDivisible: boolean = false;
  /** The options that the format takes, by name. */
  readonly options: FormatOptions = {};

  /**
   * @param options as the caller sent them; see `readOptions`
   * @param seal makes the signed manifest of an archive; without it an archive has none
   */
  abstract write(
    content: ContentOf<Kind>,
    options: ExportOptions,
    report: ReportProgress,
    seal?: SealArchive,
  ): RenderedFile;

  /**
   * A reader for the first rows of a single file that is not compressed; absent where the format has none.
   * @param options with which the file was written
   */
  readPreview?(options: ExportOptions, maxRows: number): PreviewReader;

  /** Absent where the format needs nothing optional. @throws DomainError unavailable, if what it needs is not installed */
  requireInstallation?(): void;

  /**
   * What to expect of a file of these tables.
   * @throws DomainError if the format cannot hold the tables
   */
  forecast(tables: readonly TableForecast[], options: ExportOptions): FileForecast {
    return {
      ...weighRows(tables, this.weigh?.(tables) ?? PLAIN_ROWS, options),
      warnings: this.foresee?.(tables) ?? [],
    };
  }

  /** How the format writes the rows of such tables; like CSV if absent. */
  protected weigh?(tables: readonly TableForecast[]): RowWeight;

  /** What the reader of a file of these tables should know. */
  protected foresee?(tables: readonly TableForecast[]): readonly ExportWarning[];
}
