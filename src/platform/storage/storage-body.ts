import { Readable } from 'node:stream';

/**
 * Hands on the chunks of `body` until it ends, or throws the signal's reason at once when that aborts, even while the
 * body is waiting for something. A stream that waits is not destroyed by that: `releaseBody` does.
 */
export async function* readUntilAborted(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const chunk = await nextOrAborted(chunks, signal);
      if (chunk.done === true) {
        ended = true;
        return;
      }
      yield chunk.value;
    }
  } finally {
    // Not awaited: a generator that still waits for its next chunk answers only after that.
    if (!ended) chunks.return?.().catch(() => undefined);
  }
}

/** Lets go of a body that will not be read any further. */
export function releaseBody(body: AsyncIterable<Uint8Array>): void {
  if (!(body instanceof Readable)) return;
  // A stream that is destroyed in the middle of a read may still report that; nobody is left to hear it.
  body.on('error', () => undefined);
  body.destroy();
}

// Not Promise.race against one long-lived promise: that would keep every chunk alive until the body ends.
function nextOrAborted(
  chunks: AsyncIterator<Uint8Array>,
  signal: AbortSignal,
): Promise<IteratorResult<Uint8Array, unknown>> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    const settled = () => {
      signal.removeEventListener('abort', abort);
    };
    chunks.next().then(resolve, reject).finally(settled);
  });
}
