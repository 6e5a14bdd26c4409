const MAX_REASON_LENGTH = 500;

/** Why an attempt failed, as one line that is safe to show: texts of receivers may contain anything. */
export function toFailureReason(error: unknown): string {
  const text = isTimeout(error)
    ? 'There was no response in time'
    : error instanceof Error && error.message !== ''
      ? error.message
      : String(error);
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH).toWellFormed()}…` : line;
}

/**
 * The receiver that a user named could not be reached. The cause would let users scan networks: it is in the detail, for the
 * log only.
 */
export class ReceiverUnreachableError extends Error {
  override readonly name = 'ReceiverUnreachableError';

  constructor(
    readonly detail: string,
    options: ErrorOptions,
  ) {
    super('The receiver could not be reached', options);
  }
}

/** The cause of a failure that only operators may see. */
export function failureDetailOf(error: unknown): string | undefined {
  const { detail } = (error ?? {}) as { detail?: unknown };
  return error instanceof Error && typeof detail === 'string' ? detail : undefined;
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
