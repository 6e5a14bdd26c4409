import { createHash } from 'node:crypto';
import type { Claims } from './tokens';
import { type WaitOptions, until } from './until';

export type Person = Claims;

/** The fields of an export that tests read. */
export interface ExportRecord {
  readonly id: string;
  readonly session_id: string;
  readonly format: string;
  readonly status: 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled' | 'expired';
  readonly file_url: string | null;
  readonly events_url: string | null;
  readonly file_name: string | null;
  readonly file_size: number | null;
  readonly sha256: string | null;
  readonly page_count: number | null;
  readonly record_count: number | null;
  readonly options: object;
  readonly download_count: number;
  readonly error: string | null;
  readonly warnings: readonly string[];
  readonly progress: { readonly percent: number | null; readonly done: number; readonly total: number | null };
  readonly created_at: string;
  readonly updated_at: string;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly expires_at: string | null;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
  /** The parsed JSON body. */
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

export type RequestHeaders = Readonly<Record<string, string>>;

export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: RequestHeaders;
  readonly body?: string | Uint8Array;
}

/** Sends a request and reads the whole response, without following redirects. */
export type Transport = (request: ApiRequest, timeoutMs: number) => Promise<ApiResponse>;

const REQUEST_TIMEOUT_MS = 30_000;
const FINISHED: readonly string[] = ['completed', 'failed', 'cancelled', 'expired'];

/** A client of the API with a URL and a token. */
export class Client {
  constructor(
    readonly url: string,
    private readonly token?: string,
    private readonly transport: Transport = withFetch,
  ) {}

  get credentials(): RequestHeaders {
    return this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
  }

  get(path: string, headers?: RequestHeaders): Promise<ApiResponse> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers?: RequestHeaders): Promise<ApiResponse> {
    return this.send('POST', path, body, headers);
  }

  patch(path: string, body: unknown, headers?: RequestHeaders): Promise<ApiResponse> {
    return this.send('PATCH', path, body, headers);
  }

  put(path: string, body: unknown, headers?: RequestHeaders): Promise<ApiResponse> {
    return this.send('PUT', path, body, headers);
  }

  delete(path: string): Promise<ApiResponse> {
    return this.send('DELETE', path);
  }

  /** Sends text and bytes unchanged, and other bodies as JSON. */
  send(method: string, path: string, body?: unknown, headers: RequestHeaders = {}): Promise<ApiResponse> {
    const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const request = {
      method,
      url: new URL(path, this.url),
      headers: {
        ...this.credentials,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: isRaw ? body : JSON.stringify(body),
    };
    return this.transport(request, REQUEST_TIMEOUT_MS);
  }

  /** Saves a board. @returns the id of its session */
  async saveBoard(state: unknown, name = 'Board'): Promise<string> {
    const json = typeof state === 'string' ? state : JSON.stringify(state);
    const body = `{"name":${JSON.stringify(name)},"state":${json}}`;
    const response = await this.post('/api/v1/solo/sessions/', body);
    if (response.status !== 201) throw new Error(`The board was not created: ${response.text}`);
    return response.body.id as string;
  }

  /** Requests an export, which must succeed. */
  async requestExport(sessionId: string, format: string, options?: object): Promise<ExportRecord> {
    const response = await this.post(`/api/v1/solo/sessions/${sessionId}/export/`, { format, options });
    if (response.status !== 201) throw new Error(`The export was not created: ${response.text}`);
    return response.body as ExportRecord;
  }

  async status(id: string): Promise<ExportRecord> {
    const response = await this.get(`/api/v1/exports/${id}/`);
    if (response.status !== 200) throw new Error(`The status was not returned: ${response.status} ${response.text}`);
    return response.body as ExportRecord;
  }

  /** Polls the status until the export has ended. */
  finished(id: string, options?: WaitOptions): Promise<ExportRecord> {
    return until(
      `export ${id} ended`,
      async () => {
        const record = await this.status(id);
        return FINISHED.includes(record.status) && record;
      },
      { within: 60_000, ...options },
    );
  }

  /** Polls the status until the export has it. */
  reaches(id: string, status: ExportRecord['status'], options?: WaitOptions): Promise<ExportRecord> {
    return until(
      `export ${id} is ${status}`,
      async () => {
        const record = await this.status(id);
        return record.status === status && record;
      },
      options,
    );
  }
}

/** Follows a link like a browser, without headers and with redirects. */
export async function follow(link: string | null, headers: RequestHeaders = {}, method = 'GET'): Promise<ApiResponse> {
  if (link === null) throw new Error('There is no link to follow');
  return readResponse(await fetch(link, { method, headers, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const withFetch: Transport = async ({ method, url, headers, body }, timeoutMs) => {
  const signal = AbortSignal.timeout(timeoutMs);
  // The type of a body leaves out bytes that lie in shared memory, which fetch takes too.
  return readResponse(await fetch(url, { method, headers, body: body as string, redirect: 'manual', signal }));
};

async function readResponse(response: Response): Promise<ApiResponse> {
  return toApiResponse(response.status, response.headers, Buffer.from(await response.arrayBuffer()));
}

export function toApiResponse(status: number, headers: Headers, bytes: Buffer): ApiResponse {
  return {
    status,
    headers,
    bytes,
    get text() {
      return bytes.toString('utf8');
    },
    get body() {
      return JSON.parse(bytes.toString('utf8')) as unknown;
    },
  };
}
