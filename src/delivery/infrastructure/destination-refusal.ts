import { DomainError } from '../../platform/errors/domain-error';

/** The error for a destination that cannot be used. */
export function refuseDestination(field: string, message: string): DomainError {
  return DomainError.invalid('destination-refused', 'The destination is not right', { field, message });
}

/** Encrypts a secret of a destination. When no key is configured, the error names the field as well. */
export function encryptFor(field: string, encrypt: () => string): string {
  try {
    return encrypt();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw DomainError.invalid(error.code, error.message, { field, message: error.message });
  }
}
