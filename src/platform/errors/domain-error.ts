export type DomainErrorKind =
  | 'invalid'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'precondition'
  | 'too-large'
  | 'range'
  | 'limit'
  | 'mismatch'
  | 'unprocessable';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/**
 * A refusal that the rules foresee. Its message is shown to the caller as it is; its code is stable, for programs.
 * Everything else that is thrown is a fault and never shown.
 */
export class DomainError extends Error {
  constructor(
    readonly kind: DomainErrorKind,
    readonly code: string,
    message: string,
    readonly details: { readonly fields?: readonly FieldError[]; readonly retryAfterSeconds?: number } = {},
  ) {
    super(message);
    this.name = 'DomainError';
  }

  /** All that it says in one text, for where nothing but a text can be kept. */
  get summary(): string {
    const fields = (this.details.fields ?? []).map(({ field, message }) => `${field}: ${message}`);
    return fields.length > 0 ? `${this.message} (${fields.join('; ')})` : this.message;
  }

  static invalid(code: string, message: string, ...fields: FieldError[]): DomainError {
    return new DomainError('invalid', code, message, { fields });
  }

  /** A request whose fields, or some of them, are wrong. */
  static invalidRequest(...fields: FieldError[]): DomainError {
    return DomainError.invalid('invalid-request', 'The request is not valid', ...fields);
  }

  /** What belongs to somebody else is answered with this too: it does not exist for the caller. */
  static notFound(what: string): DomainError {
    return new DomainError('not-found', `${what.toLowerCase().replaceAll(' ', '-')}-not-found`, `${what} not found`);
  }
}
