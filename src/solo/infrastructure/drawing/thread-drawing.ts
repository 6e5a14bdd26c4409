import type { MessagePort } from 'node:worker_threads';
import { setTimeout as delay } from 'node:timers/promises';
import type { Drawing, ExportWarning } from '../../../formats';
import { ImageRefusedError } from '../../../platform/images/image-refused-error';
import type { ImageSession, OnReply } from '../../../platform/images/image-session';
import { onAbort } from '../../../platform/async';
import { AssetRefusedError, type AssetLoader } from '../../model/board/asset-loader';
import { BoardTooComplexError, DrawingFailedError, reported, threadEnd } from './drawing-errors';
import type { FromThread, ImageRequest, ToThread } from './drawing-protocol';
import { Inbox } from './inbox';
import type { LargePageTurn } from './large-page-turn';

/** How many pages the thread may be ahead of the reader: enough to keep drawing and encoding busy at once. */
const PAGES_AHEAD = 3;

/** Nobody reads more, and a board may name thousands of images that are not there. */
const MAX_WARNINGS = 50;

export interface ThreadOptions {
  readonly assets: AssetLoader;
  /** Decodes the images of this drawing. */
  readonly images: ImageSession;
  /** How long one page may take, in milliseconds; the time its images need to arrive does not count. */
  readonly pageTimeout: number;
  /**
   * How long the thread may keep its reader waiting for all pages together, in milliseconds. The time that images need to
   * arrive does not count, nor what the reader takes by itself.
   */
  readonly timeout: number;
  /** For pages that are large. */
  readonly largePage: LargePageTurn;
  /** Aborts when nobody wants the drawing any more. */
  readonly signal: AbortSignal;
  /** Ends the thread, whatever it is doing. */
  readonly kill: () => void;
  /** Settles when the thread's task does. */
  readonly ended: Promise<void>;
}

/** A drawing whose board lies in a thread; it is drawn there, and its pages are handed over as they are asked for. */
export class ThreadDrawing implements Drawing {
  readonly kind = 'drawing';
  readonly warnings: ExportWarning[] = [];
  pageCount = 0;
  private warningCount = 0;
  private left = false;
  private waitedMs = 0;
  private readonly inbox: Inbox<FromThread>;
  /** Aborts when the thread has no use for images any more. */
  private readonly leaving = new AbortController();

  private constructor(
    private readonly port: MessagePort,
    private readonly options: ThreadOptions,
  ) {
    this.inbox = new Inbox<FromThread>(port);
    // Handled at once: the turn must not stay taken while a slow reader requests nothing.
    port.on('message', this.takeTurns);
  }

  /**
   * Waits until the thread has read the board.
   */
  static async open(port: MessagePort, options: ThreadOptions): Promise<ThreadDrawing> {
    const drawing = new ThreadDrawing(port, options);
    return drawing.guarded(async () => {
      const started = await drawing.receive('opened', false);
      drawing.pageCount = started.pageCount;
      return drawing;
    });
  }

  async *pngPages(): AsyncIterable<Uint8Array> {
    try {
      this.tell({ kind: 'draw', pages: PAGES_AHEAD });
      for (let page = 0; page < this.pageCount; page += 1) {
        const { png } = await this.guarded(() => this.receive('page'));
        yield png;
        this.tell({ kind: 'draw', pages: 1 });
      }
    } finally {
      this.leave();
    }
  }

  async pdf(onPage: (drawn: number) => void): Promise<Uint8Array> {
    try {
      this.tell({ kind: 'draw', pages: 1 });
      for (let page = 0; page < this.pageCount; page += 1) {
        onPage((await this.guarded(() => this.receive('drawn'))).pages);
      }
      const { file } = await this.guarded(() => this.receive('pdf'));
      return file;
    } finally {
      this.leave();
    }
  }

  /**
   * Lets the thread go: it stops before the next page, and is stopped when that page takes too long. A thread that is
   * ended by force never gives back the memory of its canvas.
   */
  readonly leave = (): void => {
    if (this.left) return;
    this.left = true;
    this.leaving.abort(new Error('The drawing is no longer needed'));
    this.tell({ kind: 'stop' });
    this.port.close();
    const { ended, kill, pageTimeout } = this.options;
    const patience = setTimeout(kill, pageTimeout).unref();
    void ended
      .catch(() => null)
      .finally(() => {
        clearTimeout(patience);
      });
  };

  /** Whatever goes wrong, the thread does not go on; one that is not wanted any more ends by itself. */
  private async guarded<T>(step: () => Promise<T>): Promise<T> {
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

  /** The next message of a kind; what comes before it is seen to. */
  private async receive<Kind extends FromThread['kind']>(
    kind: Kind,
    isPage = true,
  ): Promise<Extract<FromThread, { kind: Kind }>> {
    for (;;) {
      const message = await this.nextMessage(isPage);
      if (message.kind === kind) return message as Extract<FromThread, { kind: Kind }>;
      if (message.kind === 'warning') this.warn(message.warning);
      else if (message.kind === 'failed') throw reported(message.name, message.message);
      else if (message.kind === 'image') await this.deliver(message.request);
      // Others have their turn: that is no fault of the board.
      else if (message.kind === 'large-page') await this.options.largePage.wait();
    }
  }

  private warn(warning: ExportWarning): void {
    this.warningCount += 1;
    const more = this.warningCount - MAX_WARNINGS;
    if (more <= 0) this.warnings.push(warning);
    else this.warnings[MAX_WARNINGS] = { code: 'more-warnings', text: `${more} more like these.` };
  }

  private async nextMessage(isPage: boolean): Promise<FromThread> {
    const { signal, pageTimeout, timeout, ended } = this.options;
    signal.throwIfAborted();
    const over = new AbortController();
    const startedAt = performance.now();
    const left = timeout - this.waitedMs;
    const expiry =
      !isPage || left < pageTimeout
        ? expired(left, `The board takes longer than ${seconds(timeout)} s to draw.`, over.signal)
        : expired(pageTimeout, `A page of the board took longer than ${seconds(pageTimeout)} s to draw.`, over.signal);
    try {
      const message = await Promise.race([this.inbox.next(), aborted(signal, over.signal), broken(ended), expiry]);
      if (message !== null) return message;
      await ended;
      throw threadEnd(undefined);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DrawingFailedError || error instanceof BoardTooComplexError) throw error;
      throw threadEnd(error);
    } finally {
      this.waitedMs += performance.now() - startedAt;
      over.abort();
    }
  }

  private readonly takeTurns = (message: FromThread): void => {
    const { largePage } = this.options;
    if (message.kind === 'large-page') {
      largePage.wait().then(
        () => {
          this.tell({ kind: 'large-page' });
        },
        () => undefined,
      );
    } else if (message.kind === 'large-page-done') {
      largePage.release();
    }
  };

  private async deliver({ source, bytes, ...request }: ImageRequest): Promise<void> {
    const signal = AbortSignal.any([this.options.signal, this.leaving.signal]);
    try {
      const file = bytes ?? (await this.options.assets.load(source, signal));
      await this.options.images.decode(request, file, this.passOn, signal);
    } catch (error) {
      if (!(error instanceof AssetRefusedError || error instanceof ImageRefusedError)) throw error;
      this.tell({ kind: 'refused', reason: error.message });
    }
  }

  /** Hands pixels over as they come: a whole image would be in memory twice. */
  private readonly passOn: OnReply = (reply, pixels) => {
    if (reply.kind === 'image') this.tell({ kind: 'image', image: reply.image });
    else if (reply.kind === 'strip')
      this.port.postMessage({ kind: 'strip', bytes: pixels } satisfies ToThread, [pixels.buffer]);
  };

  private tell(message: ToThread): void {
    this.port.postMessage(message);
  }
}

/** Settles only when the thread breaks down: its regular end closes the port, behind the last message. */
function broken(ended: Promise<void>): Promise<never> {
  return ended.then(() => new Promise<never>(() => undefined));
}

async function expired(milliseconds: number, reason: string, over: AbortSignal): Promise<never> {
  await delay(milliseconds, undefined, { signal: over });
  throw new BoardTooComplexError(reason);
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000);
}

/** Rejects when `signal` aborts; leaves no listener behind once `over` does. */
function aborted(signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stopListening = onAbort(signal, () => {
      reject(signal.reason as Error);
    });
    onAbort(over, stopListening);
  });
}
