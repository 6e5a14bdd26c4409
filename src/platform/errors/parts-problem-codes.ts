import type { ProblemCodeEntry } from './code-entry';

/** The codes of problems with exports of several files. */
export const PARTS_PROBLEM_CODES = {
  'division-impossible': {
    statuses: [409],
    failsExports: true,
    meaning:
      'The rows cannot be divided any more: their data type has several tables by now, or the table lost a column.',
    action: 'Create a new export without the options that divide it, or with others.',
  },
  'export-not-divided': {
    statuses: [409],
    meaning: 'The export is a single file, and has no list of files.',
    action: 'Use its `file_url`.',
  },
  'one-time-in-parts': {
    statuses: [422],
    meaning: 'A one-time file cannot consist of several files.',
    action: 'Leave out the options that divide the export, or request no one-time file.',
  },
  'part-not-found': {
    statuses: [404],
    meaning: 'The export has no file of this number.',
    action: 'Use a number that `GET /exports/:id/parts` lists.',
  },
  'too-many-partitions': {
    statuses: [422],
    failsExports: true,
    meaning:
      'The column of `partition_by` has more than 1,000 values or periods, or a value that is too long for a folder.',
    action: 'Use a larger unit or another column, or filter the rows.',
  },
  'too-many-parts': {
    statuses: [422],
    failsExports: true,
    meaning: 'The export would consist of more than 10,000 files.',
    action: 'Allow more rows or bytes in each file.',
  },
} as const satisfies Readonly<Record<string, ProblemCodeEntry>>;
