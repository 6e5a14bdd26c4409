import { type Api, unwrap } from './api.js';
import { type DownloadOptions, type KnownBytes, openDownload } from './download.js';
import { ExportCancelledError, ExportFailedError, ExportServiceError } from './errors.js';
import { follow, type FollowOptions, hasEnded } from './follow.js';
import type { components } from './generated/openapi.js';
import type {
  BoardsRequest,
  Estimate,
  Export,
  ExportList,
  ExportListQuery,
  ExportParts,
  ExportRequest,
  Preview,
} from './types.js';
import { watch, type WatchOptions } from './watch.js';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Which files to list. */
export interface PartsOptions extends CallOptions {
  readonly limit?: number;
  readonly cursor?: number;
}

export interface CreateOptions extends CallOptions {
  /** A repeat under the same key creates nothing new. By default each call has a new one, which its retries share. */
  readonly idempotencyKey?: string | undefined;
}

/** `client.exports` */
export class Exports {
  constructor(private readonly api: Api) {}

  /**
   * Creates an export and follows it until it is completed.
   * @throws ExportFailedError, ExportCancelledError, or another ExportServiceError
   */
  async run(request: ExportRequest, options: CreateOptions & FollowOptions = {}): Promise<Export> {
    return this.completed(await this.create(request, options), options);
  }

  async create(request: ExportRequest, options: CreateOptions = {}): Promise<Export> {
    const { client } = this.api;
    const init = initOf(options);
    if ('board' in request) {
      const { board, ...body } = request;
      const path = this.api.path('/api/v1/solo/sessions/{id}/export');
      return unwrapCreated(client.POST(path, { params: { path: { id: board } }, body, ...init }));
    }
    if ('boards' in request) {
      const path = this.api.path('/api/v1/solo/exports');
      return unwrapCreated(client.POST(path, { body: withSelection(request), ...init }));
    }
    if ('event' in request) {
      const { event, ...body } = request;
      const path = this.api.path('/api/v1/events/{id}/results/export');
      return unwrapCreated(client.POST(path, { params: { path: { id: event } }, body, ...init }));
    }
    if ('tables' in request) {
      const { jobId, webhook_secret: secret } = await unwrapCreated(
        client.POST('/api/v1/export/bulk', { body: request, ...init }),
      );
      return { ...(await this.get(jobId, options)), ...(secret !== undefined && { webhook_secret: secret }) };
    }
    return (await unwrap(client.POST('/api/v1/exports', { body: request, ...init }))) as Export;
  }

  get(id: string, options: CallOptions = {}): Promise<Export> {
    const path = this.api.path('/api/v1/exports/{id}');
    return unwrap(this.api.client.GET(path, { params: { path: { id } }, ...initOf(options) }));
  }

  /** The newest first. The `cursor` for the next page is in `next`. */
  list(query: ExportListQuery = {}, options: CallOptions = {}): Promise<ExportList> {
    const path = this.api.path('/api/v1/exports');
    return unwrap(this.api.client.GET(path, { params: { query }, ...initOf(options) }));
  }

  /** Cancels an unfinished export. One that has ended stays as it is. */
  async cancel(id: string, options: CallOptions = {}): Promise<Export> {
    const record = await this.get(id, options);
    return hasEnded(record) ? record : this.remove(id, options);
  }

  /** Deletes the file of an export; cancels an unfinished one. */
  remove(id: string, options: CallOptions = {}): Promise<Export> {
    const path = this.api.path('/api/v1/exports/{id}');
    return unwrap(this.api.client.DELETE(path, { params: { path: { id } }, ...initOf(options) }));
  }

  /**
   * Follows an export until it is completed.
   * @throws ExportFailedError, ExportCancelledError, or another ExportServiceError
   */
  async follow(id: string, options: FollowOptions = {}): Promise<Export> {
    return this.completed(await this.get(id, options), options);
  }

  /**
   * Follows all exports of the user, also those that other clients and schedules create, until the signal is aborted. Not for
   * external systems. Connections that break, and tokens that expire, are replaced.
   * @throws ExportServiceError where connecting again cannot help
   */
  watch(options: WatchOptions): Promise<void> {
    return watch(this.api, options);
  }

  /** What an export would have: rows, bytes, seconds, and sample rows. Nothing is created. */
  estimate(request: ExportRequest, options: CallOptions = {}): Promise<Estimate> {
    const path = this.api.path('/api/v1/exports/estimate');
    return unwrap(this.api.client.POST(path, { body: withSubject(request), ...initOf(options) }));
  }

  /** The first rows of a completed CSV or NDJSON file, 50 by default. One-time files have no preview. */
  preview(id: string, { rows, ...options }: CallOptions & { readonly rows?: number } = {}): Promise<Preview> {
    const path = this.api.path('/api/v1/exports/{id}/preview');
    const params = { path: { id }, query: rows === undefined ? {} : { rows } };
    return unwrap(this.api.client.GET(path, { params, ...initOf(options) }));
  }

  /** The files of a completed export that was divided, in order. The `cursor` for the next page is in `next`. */
  parts(id: string, { limit, cursor, ...options }: PartsOptions = {}): Promise<ExportParts> {
    const path = this.api.path('/api/v1/exports/{id}/parts');
    const query = { ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) };
    return unwrap(this.api.client.GET(path, { params: { path: { id }, query }, ...initOf(options) }));
  }

  /**
   * The signed manifest of a completed export, as the exact text that was signed. It says what is in the file, and by which
   * checksums a copy of it can be verified. It outlives the file.
   */
  manifest(id: string, options: CallOptions = {}): Promise<string> {
    const path = this.api.path('/api/v1/exports/{id}/manifest');
    return unwrap(this.api.client.GET(path, { params: { path: { id } }, parseAs: 'text', ...initOf(options) }));
  }

  /**
   * Downloads the file of a completed export. A broken connection is resumed with a range request; the stream fails at its
   * end if size or SHA-256 are not those of the record. A one-time file is not served in ranges: after a broken connection
   * its download starts again, and the reader notices nothing but the time.
   */
  async download(
    exported: Export | string,
    options: DownloadOptions = {},
    known?: KnownBytes,
  ): Promise<ReadableStream<Uint8Array>> {
    const id = typeof exported === 'string' ? exported : exported.id;
    const isKnown = typeof exported !== 'string' && exported.status === 'completed';
    const record = isKnown ? exported : await this.get(id, options);
    const path = this.api.path('/api/v1/exports/{id}/download').replace('{id}', encodeURIComponent(id));
    return openDownload(this.api.transport, path, record, options, known);
  }

  private async completed(first: Export, options: FollowOptions): Promise<Export> {
    const record = await follow(this.api, first, options);
    if (record.status === 'failed') throw new ExportFailedError(record);
    if (record.status === 'cancelled') throw new ExportCancelledError(record);
    if (record.status === 'expired') throw new ExportServiceError('export-file-gone', 'The file has expired.');
    return record;
  }
}

/** The body that the estimate takes: a board or an event is a field of it. */
function withSubject(request: ExportRequest): components['schemas']['ExportEstimateRequest'] {
  if ('board' in request) {
    const { board, ...body } = request;
    return { ...body, session_id: board };
  }
  if ('boards' in request) return withSelection(request);
  if ('event' in request) {
    const { event, ...body } = request;
    return { ...body, event_id: event };
  }
  return request;
}

function withSelection({ boards, ...body }: BoardsRequest) {
  return 'length' in boards ? { ...body, session_ids: [...boards] } : { ...body, filter: boards };
}

/** The response of a creation, of which the API describes the dry run as well. */
export function unwrapCreated<Data>(
  result: Parameters<typeof unwrap<Data>>[0],
): Promise<Exclude<Data, Estimate | undefined>> {
  return unwrap(result) as Promise<Exclude<Data, Estimate | undefined>>;
}

/** The options of a call, as the typed `fetch` takes them. */
export function initOf({ signal, idempotencyKey }: CreateOptions): {
  signal: AbortSignal | null;
  headers?: Record<string, string>;
} {
  return {
    signal: signal ?? null,
    ...(idempotencyKey !== undefined && { headers: { 'Idempotency-Key': idempotencyKey } }),
  };
}
