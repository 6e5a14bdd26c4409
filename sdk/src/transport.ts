import { ConnectionError, errorOfResponse, type ExportServiceError } from './errors.js';
import { newIdempotencyKey } from './idempotency-key.js';
import { readChunks } from './read-chunks.js';
import { isTemporary, type OnRetry, Retries } from './retry.js';

const DEFAULT_TIMEOUT_MS = 60_000;
const JSON_TYPE = /^application\/(problem\+)?json\b/;
/** A repeated PATCH could be applied twice. A POST has an idempotency key. */
const NOT_REPEATABLE = 'PATCH';

export interface ClientOptions {
  /** Where the service is, such as `https://exports.example.org`, without `/api/v1`. */
  readonly baseUrl: string;
  /** The user's token. A function is called before each request, so it can renew the token. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** The credentials of an external system. It uses the routes below `/customer`. */
  readonly customer?: { readonly id: string; readonly secret: string } | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** How long to repeat requests while the service cannot be reached or answers 429, 502, 503 or 504. Default: a minute */
  readonly retryTimeoutMs?: number | undefined;
  /** A connection on which nothing arrives for so long is lost. Default: a minute */
  readonly idleTimeoutMs?: number | undefined;
  /** Called before a request is repeated. */
  readonly onRetry?: OnRetry | undefined;
}

/** Sends requests with the client's credentials, and repeats those that failed temporarily. */
export class Transport {
  readonly isCustomer: boolean;
  readonly idleTimeoutMs: number;
  private readonly baseUrl: string;
  private readonly fetch: (request: Request) => Promise<Response>;

  constructor(private readonly options: ClientOptions) {
    this.isCustomer = options.customer !== undefined;
    this.idleTimeoutMs = options.idleTimeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.fetch = options.fetch ?? ((request) => globalThis.fetch(request));
  }

  url(path: string): string {
    return `${this.baseUrl}${path}`;
  }

  retries(timeoutMs = this.options.retryTimeoutMs ?? DEFAULT_TIMEOUT_MS): Retries {
    return new Retries(timeoutMs, this.options.onRetry);
  }

  /**
   * Sends a request until it is answered. It reads JSON, so that a connection that breaks within it counts as a failure.
   * @returns the last response, which may be an error
   * @throws ConnectionError, or the reason of the request's signal
   */
  readonly send = async (request: Request): Promise<Response> => {
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', newIdempotencyKey());
    }
    const retries = this.retries();
    for (;;) {
      const outcome = await this.attempt(request);
      const error = outcome instanceof Response ? await temporaryErrorOf(outcome) : outcome;
      if (error && canRepeat(request, error)) {
        try {
          await retries.waitAfter(error, request.signal);
          continue;
        } catch (reason) {
          if (reason !== error) throw reason;
        }
      }
      if (outcome instanceof Response) return outcome;
      throw outcome;
    }
  };

  /**
   * Sends a request once.
   * @returns a response, which may be an error, before its body
   * @throws ConnectionError, or the reason of the request's signal
   */
  async open(request: Request): Promise<Response> {
    const authorization = await this.authorization();
    const response = await this.fetchOnce(request, authorization);
    if (response.status !== 401 || typeof this.options.token !== 'function') return response;
    // The token may have expired between its creation and now.
    const renewed = await this.authorization();
    return renewed === authorization ? response : this.fetchOnce(request, renewed);
  }

  /** Sends a request for a signed link once: the link needs no credentials. */
  openLink(request: Request): Promise<Response> {
    return this.fetchOnce(request, undefined);
  }

  private async attempt(request: Request): Promise<Response | ConnectionError> {
    try {
      const response = await this.open(request);
      if (!response.body || !JSON_TYPE.test(response.headers.get('Content-Type') ?? '')) return response;
      const chunks: BlobPart[] = [];
      for await (const chunk of readChunks(response.body, this.idleTimeoutMs, request.signal)) chunks.push(chunk);
      const { status, statusText, headers } = response;
      return new Response(new Blob(chunks), { status, statusText, headers });
    } catch (error) {
      if (error instanceof ConnectionError) return error;
      throw error;
    }
  }

  private async fetchOnce(request: Request, authorization: string | undefined): Promise<Response> {
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort(new Error(`nothing arrived for ${this.idleTimeoutMs / 1000} seconds`));
    }, this.idleTimeoutMs);
    try {
      const attempt = new Request(request.clone(), { signal: AbortSignal.any([request.signal, timeout.signal]) });
      if (authorization !== undefined) attempt.headers.set('Authorization', authorization);
      return await this.fetch(attempt);
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason;
      throw new ConnectionError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  private async authorization(): Promise<string | undefined> {
    const { customer, token } = this.options;
    if (customer) return `Basic ${btoa(`${customer.id}:${customer.secret}`)}`;
    const current = typeof token === 'function' ? await token() : token;
    return current === undefined ? undefined : `Bearer ${current}`;
  }
}

async function temporaryErrorOf(response: Response): Promise<ExportServiceError | undefined> {
  if (response.ok || response.status < 400) return undefined;
  const error = await errorOfResponse(response.clone());
  return isTemporary(error) ? error : undefined;
}

function canRepeat({ method }: Request, { status }: ExportServiceError): boolean {
  // The service did not process a request that it limited.
  return method !== NOT_REPEATABLE || status === 429;
}
