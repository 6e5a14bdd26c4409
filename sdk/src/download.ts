import { ConnectionError, DownloadError, errorOfResponse, ExportServiceError } from './errors.js';
import { readChunks } from './read-chunks.js';
import { isTemporary, type Retries } from './retry.js';
import { createSha256, type Sha256 } from './sha256.js';
import type { Transport } from './transport.js';
import type { Export } from './types.js';

export interface DownloadProgress {
  readonly bytes: number;
  readonly total: number | null;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** The beginning of the file that the caller already has. */
export interface KnownBytes {
  readonly size: number;
  /** The digest of these bytes so far. */
  readonly digest: Sha256;
}

/**
 * Downloads the file of a completed export. A broken connection is resumed with a range request. A one-time file is not
 * served in ranges: its download starts again, and the bytes that the reader already has are skipped.
 *
 * The stream fails at its end if the size or the SHA-256 is not that of the record.
 * @throws ExportServiceError
 */
export async function openDownload(
  transport: Transport,
  path: string,
  record: Export,
  { signal, onProgress }: DownloadOptions,
  known?: KnownBytes,
): Promise<ReadableStream<Uint8Array>> {
  const stop = new AbortController();
  const download = new Download(transport, transport.url(path), record, {
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    digest: known?.digest ?? (await createSha256()),
    received: known?.size ?? 0,
  });
  await download.open();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = await download.next();
        if (!bytes) {
          controller.close();
          return;
        }
        controller.enqueue(bytes);
        onProgress?.({ bytes: download.received, total: record.file_size });
      },
      cancel(reason) {
        stop.abort(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

interface DownloadState {
  readonly signal: AbortSignal;
  readonly digest: Sha256;
  readonly received: number;
}

class Download {
  /** How many bytes of the file the reader has. */
  received: number;
  private readonly signal: AbortSignal;
  private readonly digest: Sha256;
  private readonly retries: Retries;
  private chunks: AsyncGenerator<Uint8Array, void> | undefined;
  /** How many bytes of the response the reader already has. */
  private toSkip = 0;
  private isRedirected = false;

  constructor(
    private readonly transport: Transport,
    private readonly url: string,
    private readonly record: Export,
    { signal, digest, received }: DownloadState,
  ) {
    this.retries = transport.retries();
    this.signal = signal;
    this.digest = digest;
    this.received = received;
  }

  /** Sends requests until one is answered with bytes. */
  async open(): Promise<void> {
    while (!this.chunks && !this.isComplete) {
      try {
        this.chunks = readChunks(await this.request(), this.transport.idleTimeoutMs, this.signal);
      } catch (error) {
        if (!isTemporary(error) && !isHeldByAnother(error)) throw error;
        await this.retries.waitAfter(error, this.signal);
      }
    }
  }

  /** @returns the next bytes; nothing after the last ones, once they are verified */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      await this.open();
      try {
        const chunk = await this.chunks?.next();
        if (!chunk || chunk.done) {
          if (this.record.file_size !== null && this.received < this.record.file_size) {
            throw new ConnectionError(new Error('the response ended early'));
          }
          this.verify();
          return undefined;
        }
        const bytes = this.withoutKnown(chunk.value);
        if (bytes.length === 0) continue;
        this.received += bytes.length;
        this.digest.update(bytes);
        this.retries.reset();
        return bytes;
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        this.chunks = undefined;
        if (!this.isComplete) await this.retries.waitAfter(error, this.signal);
      }
    }
  }

  private get isComplete(): boolean {
    return this.received > 0 && this.received === this.record.file_size;
  }

  private async request(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const headers = new Headers();
    if (this.received > 0 && !this.record.one_time) {
      headers.set('Range', `bytes=${this.received}-`);
      // The storage to which the service may redirect has ETags of its own.
      if (!this.isRedirected) headers.set('If-Range', `"${this.record.sha256}"`);
    }
    const response = await this.transport.open(
      new Request(this.url, { headers, signal: this.signal, cache: 'no-store' }),
    );
    if (!response.ok) throw await errorOfResponse(response);
    this.isRedirected = response.redirected;
    this.toSkip = response.status === 206 ? 0 : this.received;
    const range = response.headers.get('Content-Range');
    if (response.status === 206 && range && !range.startsWith(`bytes ${this.received}-`)) {
      throw new DownloadError('unexpected-response', `The service sent another range: ${range}`);
    }
    return response.body ?? new Blob().stream();
  }

  private withoutKnown(chunk: Uint8Array): Uint8Array {
    const bytes = chunk.subarray(this.toSkip);
    this.toSkip -= chunk.length - bytes.length;
    return bytes;
  }

  private verify(): void {
    const { file_size: size, sha256 } = this.record;
    if (size !== null && this.received !== size) {
      throw new DownloadError('size-mismatch', `The file has ${size} bytes, but ${this.received} arrived.`);
    }
    if (sha256 !== null && this.digest.hex() !== sha256) {
      throw new DownloadError('checksum-mismatch', 'The SHA-256 of the bytes that arrived is not that of the file.');
    }
  }
}

/** The service still holds the one-time file for a download that broke. */
function isHeldByAnother(error: unknown): error is ExportServiceError {
  return error instanceof ExportServiceError && error.code === 'download-under-way';
}
