import type { MessagePort } from 'node:worker_threads';
import type { Picture } from '../../model/domain/picture';

/** One drawing, as it is handed to a thread; everything further goes over the port. */
export interface DrawingTask {
  readonly port: MessagePort;
  readonly state: Uint8Array;
  readonly maxDepth: number;
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
