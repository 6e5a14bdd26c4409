import { type Api, unwrap } from './api.js';
import { ConnectionError, errorOfResponse } from './errors.js';
import { readChunks } from './read-chunks.js';
import { isTemporary, Retries } from './retry.js';
import { serverSentEvents } from './server-sent-events.js';
import type { Export, ExportList } from './types.js';

export interface WatchOptions {
  /** Ends watching. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the whole record whenever an export of the user is created, makes progress, ends or expires. */
  readonly onChange: (record: Export) => void;
  /**
   * Called with the newest exports after each connection, also after each that replaces a lost one. Replace what is shown
   * by it: changes during the loss are in it. Without it, `onChange` is called with each of them.
   */
  readonly onConnected?: ((newest: ExportList) => void) | undefined;
  /** How many of the newest exports are loaded after each connection, 1 to 200. Default: 50 */
  readonly limit?: number | undefined;
}

/**
 * Follows all exports of a user until the signal is aborted. A lost connection is replaced, however long that takes.
 * @throws ExportServiceError where connecting again cannot help, such as without a valid token
 */
export async function watch(api: Api, options: WatchOptions): Promise<void> {
  const { signal } = options;
  const retries = api.transport.retries(Infinity);
  while (!signal?.aborted) {
    try {
      await watchOnce(api, options, retries);
    } catch (error) {
      if (isAborted(signal)) return;
      if (!isTemporary(error)) throw error;
      await retries.waitAfter(error, signal).catch((reason: unknown) => {
        if (!isAborted(signal)) throw reason;
      });
    }
  }
}

/** @throws ConnectionError when the stream ends */
async function watchOnce(api: Api, options: WatchOptions, retries: Retries): Promise<never> {
  const { transport } = api;
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  try {
    const request = new Request(transport.url('/api/v1/exports/events'), { signal, cache: 'no-store' });
    const response = await transport.open(request);
    if (!response.ok || !response.body) throw await errorOfResponse(response);
    const unfinished: Export[] = [];
    let changes: Changes | undefined;
    for await (const { type, data } of serverSentEvents(readChunks(response.body, transport.idleTimeoutMs, signal))) {
      if (type === 'connected') {
        changes = new Changes(await loadNewest(api, options, signal), options);
        for (const record of unfinished) changes.add(record);
        retries.reset();
      } else if (type === 'message') {
        const record = JSON.parse(data) as Export;
        if (changes) changes.add(record);
        else unfinished.push(record);
      }
    }
    // The token has expired, or the service restarts.
    throw new ConnectionError(new Error('the stream ended'));
  } finally {
    stop.abort();
  }
}

function loadNewest(api: Api, { limit = 50 }: WatchOptions, signal: AbortSignal): Promise<ExportList> {
  return unwrap(api.client.GET('/api/v1/exports', { params: { query: { limit } }, signal }));
}

/** Reports changes, except for those that are older than the list which was loaded meanwhile. */
class Changes {
  private readonly versions: ReadonlyMap<string, string>;

  constructor(
    newest: ExportList,
    private readonly options: WatchOptions,
  ) {
    this.versions = new Map(newest.results.map((record) => [record.id, record.updated_at]));
    if (options.onConnected) options.onConnected(newest);
    else for (const record of newest.results) options.onChange(record);
  }

  add(record: Export): void {
    // Times in ISO 8601 of the same length are in the order of their characters.
    if (record.updated_at > (this.versions.get(record.id) ?? '')) this.options.onChange(record);
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}
