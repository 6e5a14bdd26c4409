import type { ProblemCodeEntry } from './code-entry';

/** The codes of exports whose rows could not be read or written. */
export const ROWS_PROBLEM_CODES = {
  'rows-not-written': {
    statuses: [409],
    failsExports: true,
    meaning: 'The database cannot return the rows of a table.',
    action: 'Correct the data or the view, or leave the table out.',
  },
  'snapshot-too-old': {
    statuses: [409],
    failsExports: true,
    meaning: 'Reading the rows took longer than the database may be held (`EXPORT_MAX_SNAPSHOT_MINUTES`).',
    action: 'Export fewer rows at once, with filters.',
  },
  'row-too-large': {
    statuses: [422],
    failsExports: true,
    meaning: 'A row of a table is larger than the format allows.',
    action: 'Choose another format, or leave the large columns out.',
  },
  'value-not-written': {
    statuses: [422],
    failsExports: true,
    meaning: 'A table has a value that the format cannot hold.',
    action: 'Choose another format, or leave its column out.',
  },
} as const satisfies Readonly<Record<string, ProblemCodeEntry>>;
