import { DomainError } from '../../platform/errors/domain-error';

/** The refusal of a destination that somebody wished for. */
export function destinationRefusal(field: string, message: string): DomainError {
  return DomainError.invalid('destination-refused', 'The destination is not right', { field, message });
}

/** Seals by `seal`; where nothing can be sealed, the refusal names the field as well. */
export function encryptFor(field: string, seal: () => string): string {
  try {
    return seal();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw DomainError.invalid(error.code, error.message, { field, message: error.message });
  }
}
