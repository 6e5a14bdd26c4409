import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { DomainError, type FieldError, STATUS_OF_KIND } from '../errors/domain-error';
import type { FieldCode } from '../errors/field-codes';
import type { ProblemCode } from '../errors/problem-codes';
import { isDatabaseUnreachable } from '../database/database-fault';
import { StorageUnavailableError } from '../storage/file-storage';

/** RFC 9457. `error` repeats `detail` for clients that read that field; `code` is stable and for programs. */
interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly error: string;
  readonly code: ProblemCode;
  readonly request_id: string;
  readonly errors?: readonly { readonly field: string; readonly message: string; readonly code: FieldCode }[];
}

export interface Problem {
  readonly body: ProblemDetails;
  readonly retryAfterSeconds?: number;
  /** Whether the service is at fault. Faults are logged with their cause; mistakes of callers are not. */
  readonly isFault: boolean;
}

/** The codes of HTTP exceptions, which have no code of their own. */
const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  408: 'request-timeout',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
};

const UNAVAILABLE_RETRY_SECONDS = 5;

/**
 * The response to anything that was thrown. Only messages that are written for callers are shown.
 * @param requestId the X-Request-Id of the response
 */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof DomainError) {
    const { fields, retryAfterSeconds, extensions } = error.details;
    const members = body(STATUS_OF_KIND[error.kind], error.message, error.code, requestId, fields);
    return { body: { ...members, ...extensions }, retryAfterSeconds, isFault: false };
  }
  if (error instanceof HttpException && error.getStatus() < 500) {
    const status = error.getStatus();
    return { body: body(status, error.message, CODE_OF_STATUS[status] ?? 'bad-request', requestId), isFault: false };
  }
  if (isUnavailable(error)) {
    const detail = 'The service cannot do this right now. Try again in a moment.';
    return {
      body: body(503, detail, 'service-unavailable', requestId),
      retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
      isFault: true,
    };
  }
  const detail = 'Something went wrong on our side. It has been noted.';
  return { body: body(500, detail, 'internal-server-error', requestId), isFault: true };
}

function isUnavailable(error: unknown): boolean {
  return (
    (error instanceof HttpException && error.getStatus() === 503) ||
    error instanceof StorageUnavailableError ||
    isDatabaseUnreachable(error)
  );
}

function body(
  status: number,
  detail: string,
  code: ProblemCode,
  requestId: string,
  fields: readonly FieldError[] = [],
): ProblemDetails {
  const errors = fields.map(({ field, message, code: fieldCode = 'invalid' }) => ({ field, message, code: fieldCode }));
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    error: detail,
    code,
    request_id: requestId,
    ...(errors.length > 0 && { errors }),
  };
}
