import type { DownloadSink } from '../../src/export/model/services/one-time-transfer';

/** A client that keeps what it receives and may disconnect at any byte. */
export class FakeDownloadSink implements DownloadSink {
  private readonly chunks: Buffer[] = [];
  private readonly disconnect = new AbortController();
  private confirmation: Promise<boolean> | boolean = true;
  isAborted = false;
  /** The deadline for the confirmation of the last byte; `null` when that was not sent. */
  deadlineSeconds: number | null = null;

  /** @param limit how many bytes arrive before the connection breaks */
  constructor(private readonly limit = Infinity) {}

  get bytesSent(): number {
    return Buffer.concat(this.chunks).length;
  }

  get received(): string {
    return Buffer.concat(this.chunks).toString();
  }

  get disconnected(): AbortSignal {
    return this.disconnect.signal;
  }

  leave(): void {
    this.disconnect.abort(new Error('The client disconnected'));
  }

  /** Whether the client confirms the last byte. */
  confirm(confirmation: Promise<boolean> | boolean): void {
    this.confirmation = confirmation;
  }

  async write(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      const room = this.limit - this.bytesSent;
      this.chunks.push(Buffer.from(chunk.subarray(0, room)));
      if (chunk.length > room) throw new Error('The connection broke');
    }
  }

  writeFinal(byte: Uint8Array, deadlineSeconds: number): Promise<boolean> {
    this.chunks.push(Buffer.from(byte));
    this.deadlineSeconds = deadlineSeconds;
    return Promise.resolve(this.confirmation);
  }

  abort(): void {
    this.isAborted = true;
  }
}

/** A client that reads nothing until its connection is aborted. */
export class FakeIdleSink extends FakeDownloadSink {
  override write(_: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  }
}
