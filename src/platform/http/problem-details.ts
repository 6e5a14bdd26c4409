import { HttpException, HttpStatus } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { DomainError, type DomainErrorKind, type FieldError } from '../errors/domain-error';
import { isDatabaseUnreachable } from '../prisma/database-fault';
import { StorageUnavailableError } from '../storage/file-storage';

/** RFC 9457. `error` repeats `detail` for clients that look for it there; `code` is stable, for programs. */
interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly error: string;
  readonly code: string;
  readonly errors?: readonly FieldError[];
}

export interface Problem {
  readonly body: ProblemDetails;
  readonly retryAfterSeconds?: number;
  /** A fault of ours, to be logged with its cause; what the caller did wrong is not. */
  readonly isFault: boolean;
}

const STATUS_OF: Readonly<Record<DomainErrorKind, HttpStatus>> = {
  invalid: HttpStatus.BAD_REQUEST,
  forbidden: HttpStatus.FORBIDDEN,
  'not-found': HttpStatus.NOT_FOUND,
  conflict: HttpStatus.CONFLICT,
  gone: HttpStatus.GONE,
  precondition: HttpStatus.PRECONDITION_FAILED,
  'too-large': HttpStatus.PAYLOAD_TOO_LARGE,
  range: HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
  limit: HttpStatus.TOO_MANY_REQUESTS,
  mismatch: HttpStatus.UNPROCESSABLE_ENTITY,
  unprocessable: HttpStatus.UNPROCESSABLE_ENTITY,
};

const UNAVAILABLE_RETRY_SECONDS = 5;

/** The answer to anything that was thrown. Only messages that were written for callers are shown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof DomainError) {
    const { fields, retryAfterSeconds } = error.details;
    return { body: body(STATUS_OF[error.kind], error.message, error.code, fields), retryAfterSeconds, isFault: false };
  }
  if (error instanceof HttpException && error.getStatus() < 500) {
    return { body: body(error.getStatus(), error.message), isFault: false };
  }
  if (isUnavailable(error)) {
    const detail = 'The service cannot do this right now. Try again in a moment.';
    return { body: body(503, detail), retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS, isFault: true };
  }
  return { body: body(500, 'Something went wrong on our side. It has been noted.'), isFault: true };
}

function isUnavailable(error: unknown): boolean {
  return (
    (error instanceof HttpException && error.getStatus() === 503) ||
    error instanceof StorageUnavailableError ||
    isDatabaseUnreachable(error)
  );
}

function body(status: number, detail: string, code?: string, errors?: readonly FieldError[]): ProblemDetails {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    type: 'about:blank',
    title,
    status,
    detail,
    error: detail,
    code: code ?? title.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
    ...(errors && errors.length > 0 && { errors }),
  };
}
