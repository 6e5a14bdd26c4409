import type { CodeEntry } from './code-entry';

/** What is wrong with one field: `errors[].code`. */
export const FIELD_CODES = {
  invalid: { meaning: 'The value is not allowed.', action: 'Correct it as `message` says.' },
  required: { meaning: 'The field is missing.', action: 'Add it.' },
  taken: { meaning: 'The value is in use.', action: 'Choose another value.' },
  'too-frequent': {
    meaning: 'Runs of the schedule would be too close to each other.',
    action: 'Leave as much time between any two runs as `message` says.',
  },
  'unknown-column': {
    meaning: 'The table has no such column, or the catalog does not offer it.',
    action: 'Correct it.',
  },
  'unknown-data-type': { meaning: 'There is no such data type for the caller.', action: 'List the data types.' },
  'unknown-field': { meaning: 'The request has no such field.', action: 'Leave it out.' },
  'unknown-operator': { meaning: 'There is no such filter operator.', action: 'Use an operator that `message` names.' },
  'unknown-option': { meaning: 'There is no such option.', action: 'Use an option that `message` names.' },
  'unknown-table': { meaning: 'There is no such table, or the catalog does not offer it.', action: 'Correct it.' },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type FieldCode = keyof typeof FIELD_CODES;
