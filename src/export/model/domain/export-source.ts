import type { Content, ContentKind, ExportFormat } from '../../../formats';
import type { Export } from './export';
import type { ExportKind } from './export-kind';

/** What a source opened, and what a person would call it: the file's name comes from the title. */
export interface OpenedSource {
  readonly title: string;
  readonly content: Content;
}

/** Where the content of an export comes from. It knows what to read, not what it becomes. */
export abstract class ExportSource {
  abstract readonly kind: ExportKind;
  /** Which kinds of content it may give for each format that it offers. */
  abstract readonly formats: Readonly<Partial<Record<ExportFormat, readonly ContentKind[]>>>;

  /**
   * Reads what the export asks for. Aborting the signal ends the reading, also of the content that was returned.
   * @throws DomainError when it cannot be exported and never will; its message becomes the record's `error`
   */
  abstract open(request: Export, signal: AbortSignal): Promise<OpenedSource>;
}
