import type { MessagePort } from 'node:worker_threads';
import type { ExportWarning } from '../../../formats';
import type { DecodedImage, DecodingJob } from '../../../platform/images/image-protocol';
import type { Picture } from '../../model/domain/picture';

/** One drawing, as a thread receives it. All further messages go over the port. */
export interface DrawingTask {
  readonly port: MessagePort;
  readonly state: Uint8Array<ArrayBuffer>;
  readonly maxDepth: number;
  readonly picture: Picture;
  /** The thread refuses a drawing with a longer estimate. */
  readonly budgetSeconds: number;
}

export interface MeasuringTask {
  readonly state: Uint8Array<ArrayBuffer>;
  readonly maxDepth: number;
  readonly picture: Picture;
}

/** An image that a page needs. */
export interface ImageRequest extends Pick<DecodingJob, 'uses' | 'ratio' | 'keepsSize' | 'maxPixels'> {
  readonly source: string;
  /** The file, when the source is a data URL. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

/** Messages of the thread. */
export type FromThread =
  /** The board is read; its state is sent back. */
  | { readonly kind: 'opened'; readonly pageCount: number; readonly state: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'image'; readonly request: ImageRequest }
  /** The next page is large: the thread waits for the permit to draw it. */
  | { readonly kind: 'large-page' }
  | { readonly kind: 'large-page-done' }
  | { readonly kind: 'page'; readonly png: Uint8Array }
  /** A part of an SVG. */
  | { readonly kind: 'part'; readonly bytes: Uint8Array; readonly isLast: boolean }
  | { readonly kind: 'drawn'; readonly pages: number }
  | { readonly kind: 'pdf'; readonly file: Uint8Array }
  | { readonly kind: 'warning'; readonly warning: ExportWarning }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };

/** Messages to the thread. */
export type ToThread =
  /** Draw a page of a PNG, counted from 0. */
  | { readonly kind: 'draw-page'; readonly index: number }
  /** The backpressure of other formats: draw this many more parts of pages (SVG), or start (PDF). */
  | { readonly kind: 'draw'; readonly parts: number }
  /** The header of an image. The pixels of its copies follow as strips of whole rows. */
  | { readonly kind: 'image'; readonly image: DecodedImage }
  | { readonly kind: 'strip'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The permit to draw a large page. */
  | { readonly kind: 'large-page' }
  | { readonly kind: 'stop' };

/** The messages of a port as a queue. */
export class MessageQueue<Message> {
  private readonly queued: Message[] = [];
  private receiver: ((message: Message | null) => void) | null = null;
  private isClosed = false;

  constructor(port: MessagePort) {
    port.on('message', (message: Message) => {
      if (this.receiver === null) this.queued.push(message);
      else this.deliver(message);
    });
    port.on('close', () => {
      this.isClosed = true;
      this.deliver(null);
    });
  }

  /** Waits for the next message; `null` when the port is closed. */
  async next(): Promise<Message | null> {
    const message = this.queued.shift();
    if (message !== undefined) return message;
    if (this.isClosed) return null;
    return new Promise((resolve) => {
      this.receiver = resolve;
    });
  }

  /** The next message if there is one already. */
  poll(): Message | undefined {
    return this.queued.shift();
  }

  private deliver(message: Message | null): void {
    const { receiver } = this;
    this.receiver = null;
    receiver?.(message);
  }
}
