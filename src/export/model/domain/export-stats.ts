import type { ExportKind } from './export-kind';
import type { ExportFormat } from '../../../formats';

/** How a set of exports fared. */
export interface ExportFigures {
  readonly total: number;
  /** Completed, whether their files are still there or not. */
  readonly successful: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly unfinished: number;
  /** Of the successful ones, from the start to the end of their work; `null` when there is none. */
  readonly averageMs: number | null;
  readonly bytes: number;
  readonly records: number;
}

export interface ExportStats {
  readonly all: ExportFigures;
  readonly byKind: readonly (ExportFigures & { readonly kind: ExportKind })[];
  readonly byFormat: readonly (ExportFigures & { readonly format: ExportFormat })[];
}
