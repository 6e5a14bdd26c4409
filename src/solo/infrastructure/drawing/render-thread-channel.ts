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
  private requestedPages = 0;
  private warnings = 0;

  constructor(private readonly port: MessagePort) {
    this.messages = new MessageQueue<ToThread>(port);
  }

  send(message: FromThread): void {
    this.port.postMessage(message);
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

  /** Whether a page is requested that has not been drawn. */
  hasDemand(): boolean {
    return this.requestedPages > 0;
  }

  /**
   * Waits until a page is requested.
   * @throws StoppedError
   */
  async waitForDemand(): Promise<void> {
    await this.yieldToEventLoop();
    while (this.requestedPages === 0) this.handle(await this.messages.next());
    this.requestedPages -= 1;
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
    if (message?.kind === 'draw') this.requestedPages += message.pages;
    else if (message === null || message.kind === 'stop') throw new StoppedError();
  }
}
