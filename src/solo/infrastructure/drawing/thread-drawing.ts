import { setTimeout as delay } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import type { Drawing, ExportWarning } from '../../../formats';
import { ImageRefusedError } from '../../../platform/images/image-protocol';
import type { ImageSession, OnReply } from '../../../platform/images/image-session';
import { onAbort } from '../../../platform/async';
import { type AssetLoader, AssetRefusedError } from '../../model/domain/interfaces/asset-loader';
import type { LargePagePermit } from './drawing-capacity';
import { BoardTooComplexError, DrawingFailedError, toReportedError, toThreadError } from './drawing-errors';
import { type FromThread, type ImageRequest, MessageQueue, type ToThread } from './drawing-protocol';
import { type DrawingHelpers, drawPages } from './page-scheduler';

/** How many parts of an SVG the thread may be ahead of the reader. */
const PARTS_AHEAD = 4;

/** A board may have thousands of missing images. */
const MAX_WARNINGS = 50;

/** The warnings of a board, from all of its threads. */
export class DrawingWarnings {
  readonly list: ExportWarning[] = [];
  private count = 0;

  add(warning: ExportWarning): void {
    this.count += 1;
    const more = this.count - MAX_WARNINGS;
    if (more <= 0) this.list.push(warning);
    else this.list[MAX_WARNINGS] = { code: 'more-warnings', text: `${more} more like these.` };
  }
}

export interface ThreadDrawingOptions {
  readonly assets: AssetLoader;
  /** Decodes the images of this drawing. */
  readonly images: ImageSession;
  /** The maximum time for one page, in milliseconds. Waiting for images does not count. */
  readonly pageTimeout: number;
  /**
   * The maximum time for all pages, in milliseconds. Waiting for images or for the reader does not
   * count.
   */
  readonly timeout: number;
  readonly largePage: LargePagePermit;
  /** Aborts when the drawing is not needed any more. */
  readonly signal: AbortSignal;
  readonly warnings: DrawingWarnings;
  /** Other threads for the pages of a PNG. */
  readonly helpers: DrawingHelpers;
  /** Terminates the thread. */
  readonly kill: () => void;
  /** Settles with the thread's task. */
  readonly ended: Promise<void>;
}

/**
 * A drawing in a thread, seen from the main thread. The thread draws pages as the reader requests
 * them.
 */
export class ThreadDrawing implements Drawing {
  readonly kind = 'drawing';
  pageCount = 0;
  /** The state of the board, which the thread needs no more. */
  private state: Uint8Array<ArrayBuffer> | null = null;
  private isStopped = false;
  private waitedMs = 0;
  private lastPage: Promise<unknown> = Promise.resolve();
  private readonly messages: MessageQueue<FromThread>;
  /** Aborts when the thread needs no more images. */
  private readonly stopping = new AbortController();

  private constructor(
    private readonly port: MessagePort,
    private readonly options: ThreadDrawingOptions,
  ) {
    this.messages = new MessageQueue<FromThread>(port);
    // Handled outside the queue: a slow reader must not keep the permit.
    port.on('message', this.handleLargePage);
  }

  /** Waits until the thread has read the board. */
  static async open(port: MessagePort, options: ThreadDrawingOptions): Promise<ThreadDrawing> {
    const drawing = new ThreadDrawing(port, options);
    return drawing.killOnError(async () => {
      const opened = await drawing.receive('opened', false);
      drawing.pageCount = opened.pageCount;
      drawing.state = opened.state;
      return drawing;
    });
  }

  get warnings(): readonly ExportWarning[] {
    return this.options.warnings.list;
  }

  pngPages(): AsyncIterable<Uint8Array> {
    return drawPages(this, this.options.helpers);
  }

  /** Draws a page, counted from 0, after those that were requested before. */
  drawPage(index: number): Promise<Uint8Array> {
    this.send({ kind: 'draw-page', index });
    const drawn = this.lastPage.then(async () => (await this.killOnError(() => this.receive('page'))).png);
    this.lastPage = drawn;
    // An error is for those who wait for the page.
    drawn.catch(() => null);
    return drawn;
  }

  /** The state of the board, once. */
  takeState(): Uint8Array<ArrayBuffer> | null {
    const { state } = this;
    this.state = null;
    return state;
  }

  async *svgPages(): AsyncIterable<AsyncIterable<Uint8Array>> {
    try {
      this.send({ kind: 'draw', parts: PARTS_AHEAD });
      for (let page = 0; page < this.pageCount; page += 1) yield await Promise.resolve(this.svgParts());
    } finally {
      this.stop();
    }
  }

  private async *svgParts(): AsyncIterable<Uint8Array> {
    for (let isLast = false; !isLast;) {
      const part = await this.killOnError(() => this.receive('part'));
      yield part.bytes;
      this.send({ kind: 'draw', parts: 1 });
      ({ isLast } = part);
    }
  }

  async pdf(onPage: (drawn: number) => void): Promise<Uint8Array> {
    try {
      this.send({ kind: 'draw', parts: 1 });
      for (let page = 0; page < this.pageCount; page += 1) {
        onPage((await this.killOnError(() => this.receive('drawn'))).pages);
      }
      const { file } = await this.killOnError(() => this.receive('pdf'));
      return file;
    } finally {
      this.stop();
    }
  }

  /**
   * Stops the thread before its next page, and terminates it only when the current page takes too
   * long: a terminated thread leaks the memory of its canvas.
   */
  readonly stop = (): void => {
    if (this.isStopped) return;
    this.isStopped = true;
    this.stopping.abort(new Error('The drawing is no longer needed'));
    this.send({ kind: 'stop' });
    this.port.close();
    const { ended, kill, pageTimeout } = this.options;
    const killTimer = setTimeout(kill, pageTimeout).unref();
    void ended
      .catch(() => null)
      .finally(() => {
        clearTimeout(killTimer);
      });
  };

  /** Terminates the thread when a step fails. On an abort an opened drawing stops by itself. */
  private async killOnError<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (!this.options.signal.aborted || this.pageCount === 0) {
        this.options.kill();
        this.port.close();
      }
      throw error;
    }
  }

  /** Waits for the next message of a kind, and handles the messages before it. */
  private async receive<Kind extends FromThread['kind']>(
    kind: Kind,
    isPage = true,
  ): Promise<Extract<FromThread, { kind: Kind }>> {
    for (;;) {
      const message = await this.nextMessage(isPage);
      if (message.kind === kind) return message as Extract<FromThread, { kind: Kind }>;
      if (message.kind === 'warning') this.options.warnings.add(message.warning);
      else if (message.kind === 'failed') throw toReportedError(message.name, message.message);
      else if (message.kind === 'image') await this.sendImage(message.request);
      // The wait for other drawings' large pages does not count for this board.
      else if (message.kind === 'large-page') await this.options.largePage.acquire();
    }
  }

  private async nextMessage(isPage: boolean): Promise<FromThread> {
    const { signal, pageTimeout, timeout, ended } = this.options;
    signal.throwIfAborted();
    const done = new AbortController();
    const startedAt = performance.now();
    const remaining = timeout - this.waitedMs;
    const expiry =
      !isPage || remaining < pageTimeout
        ? rejectAfter(remaining, `The board takes longer than ${toSeconds(timeout)} s to draw.`, done.signal)
        : rejectAfter(
            pageTimeout,
            `A page of the board took longer than ${toSeconds(pageTimeout)} s to draw.`,
            done.signal,
          );
    try {
      const abort = rejectOnAbort(signal, done.signal);
      const message = await Promise.race([this.messages.next(), abort, rejectOnCrash(ended), expiry]);
      if (message !== null) return message;
      await ended;
      throw toThreadError(undefined);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DrawingFailedError || error instanceof BoardTooComplexError) throw error;
      throw toThreadError(error);
    } finally {
      this.waitedMs += performance.now() - startedAt;
      done.abort();
    }
  }

  private readonly handleLargePage = (message: FromThread): void => {
    const { largePage } = this.options;
    if (message.kind === 'large-page') {
      largePage.acquire().then(
        () => {
          this.send({ kind: 'large-page' });
        },
        () => undefined,
      );
    } else if (message.kind === 'large-page-done') {
      largePage.release();
    }
  };

  private async sendImage({ source, bytes, ...request }: ImageRequest): Promise<void> {
    const signal = AbortSignal.any([this.options.signal, this.stopping.signal]);
    try {
      const file = bytes ?? (await this.options.assets.load(source, signal));
      await this.options.images.decode(request, file, this.forwardReply, signal);
    } catch (error) {
      if (!(error instanceof AssetRefusedError || error instanceof ImageRefusedError)) throw error;
      this.send({ kind: 'refused', reason: error.message });
    }
  }

  /** Forwards pixels as they arrive: a whole image would be in memory twice. */
  private readonly forwardReply: OnReply = (reply, pixels) => {
    if (reply.kind === 'image') this.send({ kind: 'image', image: reply.image });
    else if (reply.kind === 'strip')
      this.port.postMessage({ kind: 'strip', bytes: pixels } satisfies ToThread, [pixels.buffer]);
  };

  private send(message: ToThread): void {
    this.port.postMessage(message);
  }
}

/**
 * Rejects when the thread crashes and never resolves: a regular end closes the port after the last
 * message.
 */
function rejectOnCrash(ended: Promise<void>): Promise<never> {
  return ended.then(() => new Promise<never>(() => undefined));
}

async function rejectAfter(milliseconds: number, reason: string, done: AbortSignal): Promise<never> {
  await delay(milliseconds, undefined, { signal: done });
  throw new BoardTooComplexError(reason);
}

/** Rejects when `signal` aborts, and removes its listener when `done` aborts. */
function rejectOnAbort(signal: AbortSignal, done: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stopListening = onAbort(signal, () => {
      reject(signal.reason as Error);
    });
    onAbort(done, stopListening);
  });
}

function toSeconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000);
}
