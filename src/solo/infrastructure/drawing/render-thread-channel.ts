import { setImmediate } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import type { ExportWarning } from '../../../formats';
import type { FromThread, ImageRequest, ToThread } from './drawing-protocol';
import { Inbox } from './inbox';
import type { LargePages } from './png-writer';

type Answer = Extract<ToThread, { kind: 'image' | 'strip' | 'refused' }>;

/** Nobody wants the rest of the drawing. */
export class StoppedError extends Error {}

/** A board of a thousand missing images says so a hundred times. */
const MAX_WARNINGS = 100;

/** The drawing thread's end of the line to who wants the drawing. */
export class RenderThreadChannel {
  private readonly inbox: Inbox<ToThread>;
  private credit = 0;
  private warnings = 0;

  constructor(private readonly port: MessagePort) {
    this.inbox = new Inbox<ToThread>(port);
  }

  tell(message: FromThread): void {
    this.port.postMessage(message);
  }

  /** Sends bytes without copying them again; the copy made here is needed, as native memory cannot be transferred. */
  tellBytes(message: (bytes: Uint8Array) => FromThread, bytes: Uint8Array): void {
    const copy = new Uint8Array(bytes);
    this.port.postMessage(message(copy), [copy.buffer]);
  }

  warn(warning: ExportWarning): void {
    this.warnings += 1;
    if (this.warnings <= MAX_WARNINGS) this.tell({ kind: 'warning', warning });
    else if (this.warnings === MAX_WARNINGS + 1) {
      this.tell({ kind: 'warning', warning: { code: 'more-warnings', text: 'There are more warnings.' } });
    }
  }

  fail(error: unknown): void {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    this.tell({ kind: 'failed', name, message });
  }

  /** Whether a page is wanted that was not drawn yet. */
  isAsked(): boolean {
    return this.credit > 0;
  }

  /**
   * Waits until a page is wanted.
   * @throws StoppedError
   */
  async asked(): Promise<void> {
    await this.yieldToEventLoop();
    while (this.credit === 0) this.note(await this.inbox.next());
    this.credit -= 1;
  }

  /**
   * Asks for an image. What comes back is taken by `nextAnswer`.
   */
  requestImage(request: ImageRequest): void {
    this.port.postMessage(
      { kind: 'image', request } satisfies FromThread,
      request.bytes === null ? [] : [request.bytes.buffer],
    );
  }

  /**
   * Waits for the next piece of the image that was asked for.
   * @throws StoppedError
   */
  async nextAnswer(): Promise<Answer> {
    for (;;) {
      const message = await this.inbox.next();
      if (message?.kind === 'image' || message?.kind === 'strip' || message?.kind === 'refused') return message;
      this.note(message);
    }
  }

  /** The turn to have a large page in memory. */
  readonly largePages: LargePages = {
    acquire: async () => {
      this.tell({ kind: 'large-page' });
      for (;;) {
        const message = await this.inbox.next();
        if (message?.kind === 'large-page') return;
        this.note(message);
      }
    },
    release: () => {
      this.tell({ kind: 'large-page-done' });
    },
  };

  /**
   * Lets messages in, and native memory out: its finalisers only run between two turns of the event loop.
   * @throws StoppedError
   */
  async yieldToEventLoop(): Promise<void> {
    await setImmediate();
    for (let message = this.inbox.take(); message !== undefined; message = this.inbox.take()) this.note(message);
  }

  private note(message: ToThread | null): void {
    if (message?.kind === 'draw') this.credit += message.pages;
    else if (message === null || message.kind === 'stop') throw new StoppedError();
  }
}
