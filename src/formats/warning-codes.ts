import type { CodeEntry } from '../platform/errors/code-entry';

/** Warnings about a file: `warning_codes[]`, parallel to `warnings[]`. */
export const WARNING_CODES = {
  'board-missing': {
    meaning: 'A board could not be exported: the file lacks it, or some of its pages.',
    action: 'Correct what the text names, and export the board again. The others are complete.',
  },
  'cell-truncated': {
    meaning: 'A text was too long for its cell and was cut.',
    action: 'Use CSV or JSON for the whole text.',
  },
  'characters-not-printable': {
    meaning: 'No font has some characters; they are printed as \ufffd.',
    action: 'Use CSV, XLSX or JSON for the characters.',
  },
  'column-renamed': {
    meaning:
      'Two columns of a table differ only in case, which many readers of the format ignore: one has another name.',
    action: 'Use the name in the text.',
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
  'value-not-representable': {
    meaning: 'The format cannot hold values such as `infinity`; they are null in the file, and the text counts them.',
    action: 'None if null is right; otherwise use CSV or JSON, or filter the rows.',
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type WarningCode = keyof typeof WARNING_CODES;
