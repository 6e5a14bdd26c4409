import { type Api, unwrap } from './api.js';
import { ConnectionError, retryAfterOf } from './errors.js';
import { pause } from './pause.js';
import { readChunks } from './read-chunks.js';
import { serverSentEvents } from './server-sent-events.js';
import type { Transport } from './transport.js';
import type { Export } from './types.js';

const DEFAULT_POLLING_INTERVAL_MS = 2_000;
/** After so many streams without an event the export is polled. */
const MAX_STREAM_FAILURES = 3;
const RECONNECT_DELAY_MS = 500;

export interface FollowOptions {
  /** Stops following. The export goes on: `cancel` cancels it. */
  readonly signal?: AbortSignal | undefined;
  /** Called with every state of the record, the first one included. */
  readonly onProgress?: ((record: Export) => void) | undefined;
  /** How often to ask where events cannot be received and the service does not say. Default: 2 seconds */
  readonly pollingIntervalMs?: number | undefined;
}

/**
 * Follows an export until it has ended: by server-sent events, or by polling where these do not arrive.
 * @returns the last state
 */
export async function follow(api: Api, first: Export, options: FollowOptions): Promise<Export> {
  const { signal, onProgress, pollingIntervalMs = DEFAULT_POLLING_INTERVAL_MS } = options;
  let polled: Polled = { record: first, etag: null, retryAfterSeconds: undefined };
  let failures = 0;
  onProgress?.(first);
  while (!hasEnded(polled.record)) {
    const { record, retryAfterSeconds } = polled;
    if (record.events_url !== null && failures < MAX_STREAM_FAILURES) {
      const last = await followEvents(api.transport, record.events_url, options);
      if (last && hasEnded(last)) return last;
      // The link has expired, or the connection broke: the record has a new link.
      failures = last ? 0 : failures + 1;
      await pause(RECONNECT_DELAY_MS, signal);
    } else {
      await pause(retryAfterSeconds === undefined ? pollingIntervalMs : retryAfterSeconds * 1000, signal);
    }
    polled = await poll(api, polled, signal);
    if (polled.record !== record) onProgress?.(polled.record);
  }
  return polled.record;
}

export function hasEnded({ status }: Export): boolean {
  return status !== 'pending' && status !== 'processing';
}

/** @returns the last state that the stream brought before it ended or broke */
async function followEvents(transport: Transport, url: string, options: FollowOptions): Promise<Export | undefined> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  let last: Export | undefined;
  try {
    const response = await transport.openLink(new Request(url, { signal, cache: 'no-store' }));
    if (!response.ok || !response.body) return undefined;
    for await (const { data } of serverSentEvents(readChunks(response.body, transport.idleTimeoutMs, signal))) {
      last = JSON.parse(data) as Export;
      options.onProgress?.(last);
      if (hasEnded(last)) break;
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  } finally {
    stop.abort();
  }
  return last;
}

interface Polled {
  readonly record: Export;
  readonly etag: string | null;
  readonly retryAfterSeconds: number | undefined;
}

async function poll(api: Api, { record, etag }: Polled, signal: AbortSignal | undefined): Promise<Polled> {
  const result = api.client.GET(api.path('/api/v1/exports/{id}'), {
    params: { path: { id: record.id }, ...(etag !== null && { header: { 'If-None-Match': etag } }) },
    signal: signal ?? null,
  });
  const { response } = await result;
  const { headers } = response;
  return {
    record: response.status === 304 ? record : await unwrap(result),
    etag: headers.get('ETag'),
    retryAfterSeconds: retryAfterOf(headers),
  };
}
