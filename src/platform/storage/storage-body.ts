import { Readable } from 'node:stream';

/**
 * Yields the chunks of `body`, and throws the signal's reason as soon as it aborts, even while a chunk is awaited. It does not
 * destroy a waiting stream; call `releaseBody` for that.
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
    // Not awaited: a generator that waits for its next chunk would return only after that.
    if (!ended) chunks.return?.().catch(() => undefined);
  }
}

/** Destroys a body that will not be read further. */
export function releaseBody(body: AsyncIterable<Uint8Array>): void {
  if (!(body instanceof Readable)) return;
  // A stream that is destroyed during a read may still emit an error, which has no listener any more.
  body.on('error', () => undefined);
  body.destroy();
}

// Promise.race against one long-lived promise would keep every chunk in memory until the body ends.
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
