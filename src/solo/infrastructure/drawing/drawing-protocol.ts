import type { MessagePort } from 'node:worker_threads';
import type { ExportWarning } from '../../../formats';
import type { DecodedImage, DecodingJob } from '../../../platform/images/image-protocol';
import type { Picture } from '../../model/domain/picture';

/** One drawing, as it is handed to a thread; everything further goes over the port. */
export interface DrawingTask {
  readonly port: MessagePort;
  readonly state: Uint8Array;
  readonly maxDepth: number;
  readonly picture: Picture;
  /** The drawing is refused when it is expected to take longer. */
  readonly budgetSeconds: number;
}

/** A board that is only read. */
export interface MeasuringTask {
  readonly state: Uint8Array<ArrayBuffer>;
  readonly maxDepth: number;
  readonly picture: Picture;
}

/** An image that a page needs. */
export interface ImageRequest extends Pick<DecodingJob, 'uses' | 'ratio' | 'keepsSize' | 'maxPixels'> {
  readonly source: string;
  /** The file, where the source carries it itself. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

/** The thread's reports. It draws ahead only as far as the pages it was asked for. */
export type FromThread =
  | { readonly kind: 'opened'; readonly pageCount: number }
  | { readonly kind: 'image'; readonly request: ImageRequest }
  /** The next page is large: it is drawn when the answer is there, until it is done. */
  | { readonly kind: 'large-page' }
  | { readonly kind: 'large-page-done' }
  | { readonly kind: 'page'; readonly png: Uint8Array }
  | { readonly kind: 'drawn'; readonly pages: number }
  | { readonly kind: 'pdf'; readonly file: Uint8Array }
  | { readonly kind: 'warning'; readonly warning: ExportWarning }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };

export type ToThread =
  /** Draw this many more pages (PNG), or begin (PDF). */
  | { readonly kind: 'draw'; readonly pages: number }
  /** The pixels of its copies follow, as strips of whole rows. */
  | { readonly kind: 'image'; readonly image: DecodedImage }
  | { readonly kind: 'strip'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'large-page' }
  | { readonly kind: 'stop' };
