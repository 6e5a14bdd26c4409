const LONGEST = 500;

/** Why an attempt failed, in one line such as can be shown: texts of receivers may hold anything. */
export function toFailureReason(error: unknown): string {
  const text = isTimeout(error)
    ? 'There was no answer in time'
    : error instanceof Error && error.message !== ''
      ? error.message
      : String(error);
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST).toWellFormed()}…` : line;
}

/**
 * The receiver that a user named could not be reached. The reason would let users scan networks: the message does not say it,
 * the detail is for the log.
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

/** What only operators may know of why an attempt failed. */
export function failureDetailOf(error: unknown): string | undefined {
  const { detail } = (error ?? {}) as { detail?: unknown };
  return error instanceof Error && typeof detail === 'string' ? detail : undefined;
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
