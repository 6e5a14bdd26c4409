/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Anything that was thrown, as an error. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/**
 * Calls a listener once a signal aborts. Node may drop a listener that was added with the option `signal` when garbage is
 * collected in between; this one stays.
 * @returns a function that removes the listener
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  signal.addEventListener('abort', listener, { once: true });
  return () => {
    signal.removeEventListener('abort', listener);
  };
}

/**
 * Waits for the work, or rejects as soon as the signal aborts. The work itself goes on; its late rejection is ignored.
 * Nothing stays attached to the signal after the work has settled.
 * @throws the signal's reason, or what the work throws
 */
export function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    const stopListening = onAbort(signal, abort);
    work.then(resolve, reject).finally(stopListening);
  });
}

/**
 * Waits for the work for a limited time. The work itself goes on after the timeout; its late rejection is ignored.
 * @throws the timeout error, or what the work throws
 */
export async function within<Result>(
  milliseconds: number,
  work: Promise<Result>,
  timeoutError: () => Error,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(timeoutError());
    }, milliseconds);
  });
  return Promise.race([work, timeout]).finally(() => {
    clearTimeout(timer);
  });
}

/**
 * Waits for work to settle, for a limited time: what a shutdown waits for may never come.
 * @returns whether it settled, successfully or not
 */
export async function settlesWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, timeout]).finally(() => {
    clearTimeout(timer);
  });
}

/**
 * Waits on the global timers, which tests can advance.
 * @throws the signal's reason as soon as it aborts
 */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
