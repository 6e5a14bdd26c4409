import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { BadRequestException, RequestTimeoutException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { Request } from 'express';
import { BodyCollector, type BodyCollectorOptions } from './body-collector';
import { LARGE_BODY_PACE, type LargeBodySlot } from './large-bodies';

/** How long the rest of a refused body is drained, so that its sender receives the response. */
const DRAIN_TIMEOUT_MS = 30_000;

const DECOMPRESSORS = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress } as const;

export interface ReceiveOptions extends Omit<BodyCollectorOptions, 'declaredBytes' | 'isCompressed'> {
  /** For the whole body. */
  readonly timeoutMs: number;
}

export interface ReceivedBody {
  readonly bytes: Buffer;
  /** The slot of a large body. Release it when the bytes are no longer used. */
  readonly slot: LargeBodySlot | null;
}

type Decompressor = ReturnType<(typeof DECOMPRESSORS)[keyof typeof DECOMPRESSORS]>;

/**
 * Receives the body of a request, and stops at the first byte that exceeds a limit.
 * @throws HttpException | what the reader or `takeSlot` throws
 */
export async function receiveBody(request: Request, { timeoutMs, ...options }: ReceiveOptions): Promise<ReceivedBody> {
  const decompressor = decompressorFor(request);
  const declaredBytes = Number(request.headers['content-length'] ?? 0);
  let collector: BodyCollector | undefined;
  try {
    collector = new BodyCollector({ ...options, declaredBytes, isCompressed: decompressor !== null });
    await collect(request, decompressor, collector, timeoutMs);
    return { bytes: collector.take(), slot: collector.slot };
  } catch (error) {
    collector?.slot?.release();
    throw error;
  } finally {
    decompressor?.destroy();
    drain(request);
  }
}

function collect(
  request: Request,
  decompressor: Decompressor | null,
  collector: BodyCollector,
  timeoutMs: number,
): Promise<void> {
  const source: Readable = decompressor ?? request;
  return new Promise<void>((resolve, reject) => {
    const stopTimers = startTimers(request, collector, timeoutMs, (error) => {
      end(error);
    });
    const end = (error?: unknown) => {
      stopTimers();
      source.off('data', onData);
      if (error === undefined) resolve();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever was thrown is rethrown
      else reject(error);
    };
    const onData = (chunk: Buffer) => {
      try {
        collector.add(chunk, decompressor?.bytesWritten ?? 0);
      } catch (error) {
        end(error);
      }
    };
    const onBroken = () => {
      end(new BadRequestException('The body could not be read'));
    };
    request.on('error', onBroken).once('close', () => {
      if (!request.complete) onBroken();
    });
    if (decompressor) request.pipe(decompressor).on('error', onBroken);
    source.once('end', end).on('data', onData);
  });
}

/** @returns a function that stops the timers */
function startTimers(
  request: Request,
  collector: BodyCollector,
  timeoutMs: number,
  onTimeout: (error: RequestTimeoutException) => void,
): () => void {
  const timeout = setTimeout(() => {
    onTimeout(new RequestTimeoutException(`The body did not arrive within ${timeoutMs / 1000} seconds`));
  }, timeoutMs);
  let received = request.socket.bytesRead;
  const pace = setInterval(() => {
    const { bytesRead } = request.socket;
    if (collector.slot && bytesRead - received < LARGE_BODY_PACE.bytes) {
      onTimeout(new RequestTimeoutException('The body arrives too slowly'));
    }
    received = bytesRead;
  }, LARGE_BODY_PACE.withinMs);
  return () => {
    clearTimeout(timeout);
    clearInterval(pace);
  };
}

function decompressorFor(request: Request): Decompressor | null {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return null;
  if (encoding === 'gzip' || encoding === 'deflate' || encoding === 'br') return DECOMPRESSORS[encoding]();
  throw new UnsupportedMediaTypeException('The encoding of the body is not supported');
}

/** Drains the rest of a body: closing the connection at once could lose the response. */
function drain(request: Request): void {
  request.unpipe();
  request.resume();
  if (request.complete) return;
  const timer = setTimeout(() => request.destroy(), DRAIN_TIMEOUT_MS).unref();
  request.once('close', () => {
    clearTimeout(timer);
  });
}
