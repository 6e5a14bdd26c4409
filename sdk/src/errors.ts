import type { Export, FieldProblem, Problem } from './types.js';

/** Codes of errors that the client itself detects. */
export type ClientErrorCode =
  | 'connection-lost'
  | 'unexpected-response'
  | 'export-failed'
  | 'export-cancelled'
  | 'size-mismatch'
  | 'checksum-mismatch';

/** What went wrong, for a program. Later versions of the service add codes. */
export type ErrorCode =
  Problem['code'] | NonNullable<Export['error_code']> | ClientErrorCode | (string & Record<never, never>);

interface ErrorDetails {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly problem?: Problem | undefined;
  readonly cause?: unknown;
}

/** An error of the service or of the connection to it. The message is English; `describeError` translates by `code`. */
export class ExportServiceError extends Error {
  override readonly name: string = 'ExportServiceError';
  /** The HTTP status; undefined without a response. */
  readonly status: number | undefined;
  /** The id under which the service logged the request. */
  readonly requestId: string | undefined;
  /** How long to wait before the request is repeated. */
  readonly retryAfterSeconds: number | undefined;
  /** The whole problem that the service sent (RFC 9457). */
  readonly problem: Problem | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    { status, requestId, retryAfterSeconds, problem, cause }: ErrorDetails = {},
  ) {
    super(detail, { cause });
    this.status = status;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
    this.problem = problem;
  }

  /** The fields of the request that are wrong. */
  get fields(): readonly FieldProblem[] {
    return this.problem?.errors ?? [];
  }
}

/** The token, or the customer's id and secret, are missing, wrong or expired. */
export class UnauthorizedError extends ExportServiceError {
  override readonly name = 'UnauthorizedError';
}

/** A limit is reached. `retryAfterSeconds` says when it is worth to try again. */
export class RateLimitedError extends ExportServiceError {
  override readonly name = 'RateLimitedError';
}

/** The service could not be reached, or the connection broke, and repeating the request did not help. */
export class ConnectionError extends ExportServiceError {
  override readonly name = 'ConnectionError';

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? reasonOf(cause) : String(cause);
    super('connection-lost', `The service cannot be reached: ${reason}`, { cause });
  }
}

/** The export failed. `code` and `detail` say why. */
export class ExportFailedError extends ExportServiceError {
  override readonly name = 'ExportFailedError';
  readonly export: Export;

  constructor(failed: Export) {
    super(failed.error_code ?? 'export-failed', failed.error ?? 'The export failed.');
    this.export = failed;
  }
}

/** The export was cancelled, here or by another client. */
export class ExportCancelledError extends ExportServiceError {
  override readonly name = 'ExportCancelledError';
  readonly export: Export;

  constructor(cancelled: Export) {
    super('export-cancelled', 'The export was cancelled.');
    this.export = cancelled;
  }
}

/** The bytes that arrived are not the bytes of the file. */
export class DownloadError extends ExportServiceError {
  override readonly name = 'DownloadError';
}

/** The error of a response that is no success. */
export async function errorOfResponse(response: Response): Promise<ExportServiceError> {
  return toError(response, parse(await response.text().catch(() => '')));
}

/** @param body the body of the response, as JSON if it is JSON */
export function toError(response: Response, body: unknown): ExportServiceError {
  const { status, headers } = response;
  const problem = isProblem(body) ? body : undefined;
  const details = {
    status,
    problem,
    requestId: problem?.request_id ?? headers.get('X-Request-Id') ?? undefined,
    retryAfterSeconds: retryAfterOf(headers),
  };
  const code = problem?.code ?? 'unexpected-response';
  const detail = problem?.detail ?? `The service answered ${status} without saying why.`;
  if (status === 401) return new UnauthorizedError(code, detail, details);
  if (status === 429) return new RateLimitedError(code, detail, details);
  return new ExportServiceError(code, detail, details);
}

/** The seconds of a Retry-After, which may also be a date. */
export function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('Retry-After');
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Node's fetch has the reason in the cause of its error. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
