import type { Content, ContentKind } from './content';
import type { ExportFormat } from './export-format';
import type { ExportWarning } from './warning';

/** What a source and a format receive beyond the format's name; each checks what concerns it. */
export type ExportOptions = Readonly<Record<string, unknown>>;

export type ProgressUnit = 'pages' | 'rows';

/** How far the work is, in real units. `total` is `null` until it is known. */
export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly unit: ProgressUnit | null;
}

/** A file that comes into being while its body is read. */
export interface RenderedFile {
  /** Without a dot. It need not be the format's name: several pictures come in a zip. */
  readonly extension: string;
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** What is in the file; final once the body has been read. */
  summary(): {
    readonly pageCount: number | null;
    readonly recordCount: number | null;
    readonly warnings: readonly ExportWarning[];
  };
}

export type ReportProgress = (progress: Progress) => void;

/** How one kind of content becomes the bytes of one format. */
export abstract class FormatWriter<Kind extends ContentKind = ContentKind> {
  abstract readonly format: ExportFormat;
  abstract readonly writes: Kind;

  abstract write(
    content: Extract<Content, { kind: Kind }>,
    options: ExportOptions,
    report: ReportProgress,
  ): RenderedFile;
}
