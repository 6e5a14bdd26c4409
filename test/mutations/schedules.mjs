// @ts-check
// When schedules run, and what relative times of their filters mean.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const schedules = [
  {
    name: 'every-other-slot',
    breaks: 'the slot after a run is skipped',
    file: 'src/scheduled-export/model/domain/recurrence/civil-pattern.ts',
    search: 'Math.floor((civil - phase) / period + 1)',
    replace: 'Math.floor((civil - phase) / period + 2)',
    tests: ['src/scheduled-export/model/domain/recurrence/recurrence.spec.ts'],
    title: 'comes when people expect it',
  },
  {
    name: 'slot-in-clock-gap',
    breaks: 'a run whose time the clock skips is an hour late',
    file: 'src/scheduled-export/model/domain/recurrence/recurrence.ts',
    search: 'const shown = moments[0] ?? gapEnd ?? civil;',
    replace: 'const shown = moments[0] ?? (gapEnd === null ? civil : gapEnd + HOUR);',
    tests: ['src/scheduled-export/model/domain/recurrence/recurrence.spec.ts'],
    title: 'comes when people expect it',
  },
  {
    name: 'last-day-of-short-month',
    breaks: 'a run on the 31st moves into the next month where a month is shorter',
    file: 'src/scheduled-export/model/domain/recurrence/civil-pattern.ts',
    search: 'Math.min(day, lastDay)',
    replace: 'Math.max(day, lastDay - 31)',
    tests: ['src/scheduled-export/model/domain/recurrence/recurrence.spec.ts'],
    title: 'comes when people expect it',
  },
  {
    name: 'missed-slot-due-now',
    breaks: 'after a pause the slot before the last one is run',
    file: 'src/scheduled-export/model/domain/recurrence/recurrence.ts',
    search: 'while (next && next <= now)',
    replace: 'while (next && next < now)',
    tests: ['src/scheduled-export/model/domain/recurrence/recurrence.spec.ts'],
    title: 'leaves one slot due',
  },
  {
    name: 'day-without-its-end',
    breaks: 'an export up to a day leaves out that day',
    file: 'src/catalog/model/domain/row-filters.ts',
    search: 'day.setUTCDate(day.getUTCDate() + 1);',
    replace: 'day.setUTCDate(day.getUTCDate());',
    tests: ['src/catalog/model/domain/row-filters.spec.ts'],
  },
];
