import type { CodeEntry } from './code-entry';
import type { ProblemCode } from './problem-codes';

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

/** Why the run of a schedule failed although its export succeeded. */
export const RUN_CODES = {
  'export-cancelled': {
    meaning: 'The export of the run was cancelled.',
    action: 'None, or run the schedule manually.',
  },
  'file-not-delivered': {
    meaning: 'The file was made and could not be delivered.',
    action: 'Correct the destination: the delivery of the run says what is wrong.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** The `error_code` of an export. */
export type FailureCode = ProblemCode | keyof typeof FAILURE_CODES;

/** The `error_code` of a run. */
export type RunFailureCode = FailureCode | keyof typeof RUN_CODES;

/** Warnings about a file: `warning_codes[]`, parallel to `warnings[]`. */
export const WARNING_CODES = {
  'cell-truncated': {
    meaning: 'A text was too long for its cell and was cut.',
    action: 'Use CSV or JSON for the whole text.',
  },
  'characters-not-printable': {
    meaning: 'No font has some characters; they are printed as \ufffd.',
    action: 'Use CSV, XLSX or JSON for the characters.',
  },
  'estimate-uncertain': {
    meaning:
      'The rows of a table could not be counted in time: the estimate of its rows may be far off, or is missing.',
    action: 'None, or add a filter.',
  },
  'image-missing': {
    meaning: 'An image of the board could not be loaded; a placeholder is drawn.',
    action: 'Correct the image on the board.',
  },
  'long-text-moved': {
    meaning: 'A text was too long for its cell and is on a sheet of its own.',
    action: 'None: the text is complete.',
  },
  'more-warnings': { meaning: 'There are more warnings than the record lists.', action: 'None.' },
  'null-as-empty-line': {
    meaning: 'A table of one column has nulls, which are empty lines in CSV; some readers skip them.',
    action: 'Use a reader that keeps empty lines, or another format.',
  },
  'pixel-ratio-reduced': {
    meaning: 'A page was drawn at a lower pixel ratio than requested, because it would be too large.',
    action: 'None, or request a PDF.',
  },
  'several-sheets': {
    meaning: 'A table has more rows than a sheet holds, and continues on further sheets.',
    action: 'None, or use another format for one table in one piece.',
  },
  'statistics-stale': {
    meaning: 'PostgreSQL has no recent statistics of a table: the estimate of its rows may be far off.',
    action: 'Ask an operator to run `ANALYZE` on the table.',
  },
  unspecified: {
    meaning: 'A version of the service that recorded no codes wrote the warning.',
    action: 'Show the text in `warnings`.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type WarningCode = keyof typeof WARNING_CODES;

/** Why a schedule is paused: `paused_code`, which is null where its owner paused it. */
export const PAUSE_CODES = {
  'administrator-right-ended': {
    meaning: 'It does what only administrators may, and its owner is none any more.',
    action: 'Resume it with a token that has the role `admin`, or delete it.',
  },
  'paused-by-administrator': {
    meaning: 'An administrator or an operator paused it.',
    action: 'Ask an administrator, or resume it.',
  },
  'rule-unreadable': {
    meaning: 'This version of the service cannot read when it is to run.',
    action: 'Replace the schedule with another time.',
  },
  'runs-failed': {
    meaning: 'Several runs in a row failed.',
    action: 'Correct what the last run names, then resume it.',
  },
  'webhook-gone': {
    meaning: 'Its webhook answered 410: it wants no more deliveries.',
    action: 'Replace the schedule with another receiver.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type PauseCode = keyof typeof PAUSE_CODES;

/** Why a schedule runs less often than configured: `warning_codes[]`, parallel to `warnings[]`. */
export const SCHEDULE_WARNING_CODES = {
  'interval-extended': {
    meaning: 'Its runs would be closer to each other than the owner may have them.',
    action: 'None, or replace the schedule with another frequency.',
  },
  'run-skipped': {
    meaning: 'A run was skipped, because the runs of the owner in 24 hours are used up.',
    action: 'Have schedules run less often.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type ScheduleWarningCode = keyof typeof SCHEDULE_WARNING_CODES;

/** Why the last attempt at a delivery failed: `error_code` of a delivery. */
export const DELIVERY_CODES = {
  'delivery-failed': {
    meaning: 'The receiver could not be reached, did not answer in time, or did not accept the delivery.',
    action: 'Correct the destination as `error` says. A pending delivery is retried.',
  },
  'delivery-refused': {
    meaning: 'The delivery cannot succeed: its destination is refused, or its export or file no longer exists.',
    action: 'Correct the destination as `error` says, and create a new export.',
  },
  'receiver-gone': {
    meaning: 'The receiver answered 410: it wants no more deliveries.',
    action: 'Name another receiver.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type DeliveryCode = keyof typeof DELIVERY_CODES;
