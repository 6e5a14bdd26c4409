import { onScopeDispose, watch } from 'vue';
import { type Export, type ExportList, UnauthorizedError } from '@export-service/client';
import { client, reportRefusal, session } from '../session/session';

export interface FeedListener {
  /** The newest exports, after each connection: what changed while there was none is in it. */
  onConnected?(newest: ExportList): void;
  onChange(record: Export): void;
}

const RETRY_MS = 5_000;
const LINGER_MS = 10_000;
/** A stream may be dead without a sign when a tab is shown again that the browser had put to sleep. */
const MAX_SLEEP_MS = 15_000;

const listeners = new Set<FeedListener>();
let connection: AbortController | undefined;

/** Hears of every change of the user's exports while the component lives. All components share one stream. */
export function useExportFeed(listener: FeedListener): void {
  listeners.add(listener);
  if (!connection) void connect();
  onScopeDispose(() => {
    listeners.delete(listener);
    // The next page may listen too.
    setTimeout(disconnectIfUnused, LINGER_MS);
  });
}

function disconnectIfUnused(): void {
  if (listeners.size > 0) return;
  connection?.abort();
  connection = undefined;
}

/** Shows an answer to all who listen, such as that of a cancellation: it need not wait for the stream. */
export function announce(record: Export): void {
  for (const listener of [...listeners]) listener.onChange(record);
}

function report(newest: ExportList): void {
  for (const listener of [...listeners]) listener.onConnected?.(newest);
}

/** Connects until nobody listens, and again after whatever ended the stream. */
async function connect(): Promise<void> {
  connection?.abort();
  const current = new AbortController();
  connection = current;
  const { signal } = current;
  while (!signal.aborted) {
    let delayMs = RETRY_MS;
    try {
      // It connects again by itself, unless the service refuses it.
      await client.exports.watch({ signal, onConnected: report, onChange: announce });
    } catch (error) {
      if (error instanceof UnauthorizedError) {
        reportRefusal();
        // A new token connects at once.
        delayMs = Infinity;
      }
    }
    await pause(delayMs, signal);
  }
}

export function isUnfinished({ status }: Pick<Export, 'status'>): boolean {
  return status === 'pending' || status === 'processing';
}

function reconnect(): void {
  if (connection) void connect();
}

let hiddenAt = 0;
document.addEventListener('visibilitychange', () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (Date.now() - hiddenAt > MAX_SLEEP_MS) reconnect();
});
addEventListener('online', reconnect);
watch(() => session.token, reconnect, { flush: 'post' });

/** Ends early with the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = ms === Infinity ? undefined : setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
