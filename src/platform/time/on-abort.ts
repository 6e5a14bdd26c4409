/**
 * Calls a listener once a signal aborts.
 * Node may forget to remove a listener that was added with the option `signal`, when garbage is collected in between.
 * @returns what removes the listener
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  signal.addEventListener('abort', listener, { once: true });
  return () => {
    signal.removeEventListener('abort', listener);
  };
}
