import type { ExportWarning } from './warning';
import type { Relations, Sections } from './relation';
import type { Table } from './table';

/** What a source offers for export. A format says which kind it can write. */
export type Content = Drawing | JsonDocument | Relations | Sections | Table;
export type ContentKind = Content['kind'];

/** Pages that are drawn off the event loop. Made for one request, and drawn once. */
export interface Drawing {
  readonly kind: 'drawing';
  /** How many pages will be drawn: one where the request names a page. */
  readonly pageCount: number;
  /** What the reader should know about the picture, such as an image that could not be had; complete once drawn. */
  readonly warnings: readonly ExportWarning[];
  /** The pages as PNG files, in order, drawn as they are asked for. Leaving the loop ends the drawing. */
  pngPages(): AsyncIterable<Uint8Array>;
  /** All pages in one PDF. `onPage` hears how many are drawn. */
  pdf(onPage: (drawn: number) => void): Promise<Uint8Array>;
}

/** JSON text that is ready to be written as it is. */
export interface JsonDocument {
  readonly kind: 'json';
  readonly text: Uint8Array;
  readonly pageCount: number;
}
