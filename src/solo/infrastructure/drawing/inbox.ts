import type { MessagePort } from 'node:worker_threads';

/** The messages of a port, taken one by one. */
export class Inbox<Message> {
  private readonly waiting: Message[] = [];
  private taker: ((message: Message | null) => void) | null = null;
  private closed = false;

  constructor(port: MessagePort) {
    port.on('message', (message: Message) => {
      if (this.taker === null) this.waiting.push(message);
      else this.hand(message);
    });
    port.on('close', () => {
      this.closed = true;
      this.hand(null);
    });
  }

  /** The next message; `null` once the other side is gone. */
  async next(): Promise<Message | null> {
    const message = this.waiting.shift();
    if (message !== undefined) return message;
    if (this.closed) return null;
    return new Promise((resolve) => {
      this.taker = resolve;
    });
  }

  /** A message that is already there, if any. */
  take(): Message | undefined {
    return this.waiting.shift();
  }

  private hand(message: Message | null): void {
    const taker = this.taker;
    this.taker = null;
    taker?.(message);
  }
}
