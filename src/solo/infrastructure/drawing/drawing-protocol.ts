import type { MessagePort } from 'node:worker_threads';

export type PdfPageSize = 'original' | 'a4' | 'letter' | 'a3';
export type PdfOrientation = 'auto' | 'portrait' | 'landscape';

/** What is asked for: one page or all as PNG, or all as one PDF. */
export type Picture =
  | {
      readonly format: 'png';
      /** Counted from 1; all pages when missing. */
      readonly page?: number;
      /** `width` is a thumbnail's, in pixels. */
      readonly scale: { readonly pixelRatio: number } | { readonly width: number };
      readonly background: 'white' | 'transparent';
    }
  | { readonly format: 'pdf'; readonly pageSize: PdfPageSize; readonly orientation: PdfOrientation };

/** One drawing, as it is handed to a thread; everything further goes over the port. */
export interface DrawingTask {
  readonly port: MessagePort;
  readonly state: Uint8Array;
  readonly picture: Picture;
}

/** The thread's reports. It draws ahead only as far as the pages it was asked for. */
export type FromThread =
  | { readonly kind: 'opened'; readonly pageCount: number }
  | { readonly kind: 'asset'; readonly source: string }
  | { readonly kind: 'page'; readonly png: Uint8Array }
  | { readonly kind: 'drawn'; readonly pages: number }
  | { readonly kind: 'pdf'; readonly file: Uint8Array }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };

export type ToThread =
  /** Draw this many more pages (PNG), or begin (PDF). */
  | { readonly kind: 'draw'; readonly pages: number }
  | { readonly kind: 'asset'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'stop' };
