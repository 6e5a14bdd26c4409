import type { CodeEntry } from '../../../platform/errors/code-entry';
import { PROBLEM_CODES, type ProblemCode } from '../../../platform/errors/problem-codes';

const NEW_EXPORT = 'Create a new export.';

/** Why an export failed, if no problem has the same code. */
export const FAILURE_CODES = {
  'attempts-exhausted': {
    meaning: 'The worker stopped during every attempt at the export.',
    action: `${NEW_EXPORT} Request less at once.`,
  },
  'connection-closed': {
    meaning: 'The client closed the connection before the last row of a streamed export.',
    action: NEW_EXPORT,
  },
  'drawing-interrupted': {
    meaning: 'The worker stopped twice while it drew the board.',
    action: 'Remove very large or complex images, or export fewer pages.',
  },
  'file-not-produced': {
    meaning: 'A fault of the service prevented the file.',
    action: `${NEW_EXPORT} Report the \`request_id\` if it happens again.`,
  },
  'file-not-stored': {
    meaning: 'The storage did not accept the file.',
    action: `Try later: ${NEW_EXPORT.toLowerCase()}`,
  },
  'rows-not-read': {
    meaning: 'A fault interrupted a streamed export.',
    action: NEW_EXPORT,
  },
  'service-stopped': {
    meaning: 'The service stopped during a streamed export.',
    action: NEW_EXPORT,
  },
  unspecified: {
    meaning: 'A version of the service that recorded no codes wrote the record.',
    action: 'Show the text in `error`.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** The `error_code` of an export. */
export type FailureCode = ProblemCode | keyof typeof FAILURE_CODES;

export const ALL_FAILURE_CODES = [...Object.keys(PROBLEM_CODES), ...Object.keys(FAILURE_CODES)];
