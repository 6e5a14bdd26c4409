import { setImmediate } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import type { ExportWarning } from '../../../formats';
import { type FromThread, type ImageRequest, MessageQueue, type ToThread } from './drawing-protocol';
import type { LargePages } from './png-writer';

type ImageReply = Extract<ToThread, { kind: 'image' | 'strip' | 'refused' }>;

/** The rest of the drawing is not needed. */
export class StoppedError extends Error {}

/** A board may have thousands of missing images. */
const MAX_WARNINGS = 100;

/** The channel between a render thread and the main thread, seen from the render thread. */
export class RenderThreadChannel {
  private readonly messages: MessageQueue<ToThread>;
  private requestedParts = 0;
  /** The pages of a PNG that are requested, counted from 0. */
  private readonly requestedPages: number[] = [];
  private warnings = 0;

  constructor(private readonly port: MessagePort) {
    this.messages = new MessageQueue<ToThread>(port);
  }

  send(message: FromThread): void {
    this.port.postMessage(message);
  }

  /** The board is read. */
  sendOpened(pageCount: number, state: Uint8Array<ArrayBuffer>): void {
    this.port.postMessage({ kind: 'opened', pageCount, state } satisfies FromThread, [state.buffer]);
  }

  /** Copies bytes once and transfers the copy: native memory cannot be transferred itself. */
  sendBytes(message: (bytes: Uint8Array) => FromThread, bytes: Uint8Array): void {
    const copy = new Uint8Array(bytes);
    this.port.postMessage(message(copy), [copy.buffer]);
  }

  warn(warning: ExportWarning): void {
    this.warnings += 1;
    if (this.warnings <= MAX_WARNINGS) this.send({ kind: 'warning', warning });
    else if (this.warnings === MAX_WARNINGS + 1) {
      this.send({ kind: 'warning', warning: { code: 'more-warnings', text: 'There are more warnings.' } });
    }
  }

  fail(error: unknown): void {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    this.send({ kind: 'failed', name, message });
  }

  /** Whether a page of a PNG is requested that has not been drawn. */
  hasRequestedPage(): boolean {
    return this.requestedPages.length > 0;
  }

  /**
   * Waits until a page of a PNG is requested.
   * @returns its index
   * @throws StoppedError
   */
  async nextPage(): Promise<number> {
    await this.yieldToEventLoop();
    for (;;) {
      const index = this.requestedPages.shift();
      if (index !== undefined) return index;
      this.handle(await this.messages.next());
    }
  }

  /**
   * Waits until the PDF or a part of an SVG is requested.
   * @throws StoppedError
   */
  async waitForDemand(): Promise<void> {
    await this.yieldToEventLoop();
    while (this.requestedParts === 0) this.handle(await this.messages.next());
    this.requestedParts -= 1;
  }

  /** Requests an image. `nextReply` returns the replies. */
  requestImage(request: ImageRequest): void {
    this.port.postMessage(
      { kind: 'image', request } satisfies FromThread,
      request.bytes === null ? [] : [request.bytes.buffer],
    );
  }

  /**
   * Waits for the next reply to an image request.
   * @throws StoppedError
   */
  async nextReply(): Promise<ImageReply> {
    for (;;) {
      const message = await this.messages.next();
      if (message?.kind === 'image' || message?.kind === 'strip' || message?.kind === 'refused') return message;
      this.handle(message);
    }
  }

  /** Large pages are drawn one at a time across all threads. */
  readonly largePages: LargePages = {
    acquire: async () => {
      this.send({ kind: 'large-page' });
      for (;;) {
        const message = await this.messages.next();
        if (message?.kind === 'large-page') return;
        this.handle(message);
      }
    },
    release: () => {
      this.send({ kind: 'large-page-done' });
    },
  };

  /**
   * Receives messages and frees native memory: its finalizers run only between two turns of the
   * event loop.
   * @throws StoppedError
   */
  async yieldToEventLoop(): Promise<void> {
    await setImmediate();
    for (let message = this.messages.poll(); message !== undefined; message = this.messages.poll()) {
      this.handle(message);
    }
  }

  private handle(message: ToThread | null): void {
    if (message?.kind === 'draw') this.requestedParts += message.parts;
    else if (message?.kind === 'draw-page') this.requestedPages.push(message.index);
    else if (message === null || message.kind === 'stop') throw new StoppedError();
  }
}
