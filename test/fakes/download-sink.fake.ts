import type { DownloadSink } from '../../src/export/model/services/one-time-download';

/** A reader at the other end of a connection, who keeps what arrives and may leave at any byte. */
export class FakeDownloadSink implements DownloadSink {
  private readonly chunks: Buffer[] = [];
  private readonly left = new AbortController();
  private answer: Promise<boolean> | boolean = true;
  isCut = false;
  /** How long the last byte was to be waited for. */
  patienceSeconds: number | null = null;

  /** @param takes how many bytes arrive before the connection breaks */
  constructor(private readonly takes = Infinity) {}

  get bytesSent(): number {
    return Buffer.concat(this.chunks).length;
  }

  get received(): string {
    return Buffer.concat(this.chunks).toString();
  }

  get disconnected(): AbortSignal {
    return this.left.signal;
  }

  leave(): void {
    this.left.abort(new Error('The reader has left'));
  }

  /** Whether the reader accepts the last byte. */
  accept(answer: Promise<boolean> | boolean): void {
    this.answer = answer;
  }

  async write(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      const room = this.takes - this.bytesSent;
      this.chunks.push(Buffer.from(chunk.subarray(0, room)));
      if (chunk.length > room) throw new Error('The connection broke');
    }
  }

  writeFinal(byte: Uint8Array, withinSeconds: number): Promise<boolean> {
    this.chunks.push(Buffer.from(byte));
    this.patienceSeconds = withinSeconds;
    return Promise.resolve(this.answer);
  }

  abort(): void {
    this.isCut = true;
  }
}

/** A reader who takes nothing, until the connection is given up. */
export class FakeIdleSink extends FakeDownloadSink {
  override write(_: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  }
}
