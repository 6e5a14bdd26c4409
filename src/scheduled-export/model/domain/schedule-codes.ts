import type { CodeEntry } from '../../../platform/errors/code-entry';
import type { FailureCode } from '../../../export';

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

/** The `error_code` of a run. */
export type RunFailureCode = FailureCode | keyof typeof RUN_CODES;

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
