import { ConnectionError } from './errors.js';

/**
 * The bytes of a response as they arrive. Watches the signal itself: on Node 20, `fetch` loses the signal of its request when
 * garbage is collected after the headers have arrived.
 * @param idleTimeoutMs after how long without a byte the connection counts as lost
 * @throws ConnectionError, or the reason of the signal
 */
export async function* readChunks(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  idleTimeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await within(idleTimeoutMs, signal, reader.read());
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new ConnectionError(error);
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function within<Result>(timeoutMs: number, signal: AbortSignal, promise: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`nothing arrived for ${timeoutMs / 1000} seconds`));
    }, timeoutMs);
    const abort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    });
  });
}
