import type { FieldCode } from './field-codes';
import type { ProblemCode } from './problem-codes';

/** The HTTP status of each kind of refusal. */
export const STATUS_OF_KIND = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  gone: 410,
  precondition: 412,
  'too-large': 413,
  range: 416,
  mismatch: 422,
  unprocessable: 422,
  limit: 429,
  unavailable: 501,
} as const;

export type DomainErrorKind = keyof typeof STATUS_OF_KIND;

export interface FieldError {
  readonly field: string;
  readonly message: string;
  /** `invalid` where it is left out. */
  readonly code?: FieldCode;
}

export interface DomainErrorDetails {
  readonly fields?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  /** Figures for programs, which the problem shows as members of its own (RFC 9457, 3.2). */
  readonly extensions?: Readonly<Record<string, number | Readonly<Record<string, number | null>>>>;
}

/** What can be missing, with its codes. */
const NOT_FOUND_CODES = {
  Customer: 'customer-not-found',
  'Data type': 'data-type-not-found',
  Event: 'event-not-found',
  Export: 'export-not-found',
  Schedule: 'schedule-not-found',
  Session: 'session-not-found',
  Thumbnail: 'thumbnail-not-found',
  User: 'user-not-found',
} as const satisfies Readonly<Record<string, ProblemCode>>;

/**
 * An expected error. Its message is shown to the caller unchanged; its code is stable, for programs.
 * Any other error is a fault and never shown.
 */
export class DomainError extends Error {
  constructor(
    readonly kind: DomainErrorKind,
    readonly code: ProblemCode,
    message: string,
    readonly details: DomainErrorDetails = {},
  ) {
    super(message);
    this.name = 'DomainError';
  }

  /** The message and all fields as one text, for records that store only a text. */
  get summary(): string {
    const fields = (this.details.fields ?? []).map(({ field, message }) => `${field}: ${message}`);
    return fields.length > 0 ? `${this.message} (${fields.join('; ')})` : this.message;
  }

  static invalid(code: ProblemCode, message: string, ...fields: FieldError[]): DomainError {
    return new DomainError('invalid', code, message, { fields });
  }

  /** A request with invalid fields. */
  static invalidRequest(...fields: FieldError[]): DomainError {
    return DomainError.invalid('invalid-request', 'The request is not valid', ...fields);
  }

  /** Also for what belongs to another owner: it does not exist for the caller. */
  static notFound(what: keyof typeof NOT_FOUND_CODES): DomainError {
    return new DomainError('not-found', NOT_FOUND_CODES[what], `${what} not found`);
  }
}
