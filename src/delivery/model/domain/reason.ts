const LONGEST = 500;

/** Why an attempt failed, in one line such as can be shown: texts of receivers may hold anything. */
export function reasonOf(error: unknown): string {
  const text = isTimeout(error)
    ? 'There was no answer in time'
    : error instanceof Error && error.message !== ''
      ? error.message
      : String(error);
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST).toWellFormed()}…` : line;
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
