// @ts-check
// Rows and tables as files.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const formats = [
  {
    name: 'formulas-of-rows',
    breaks: 'a spreadsheet runs a text of an exported row as a formula',
    file: 'src/formats/formula-guard.ts',
    search: "THEN '''' || ${text} ELSE ${text} END",
    replace: 'THEN ${text} ELSE ${text} END',
    tests: ['test/formats/csv.spec.ts'],
  },
  {
    name: 'formulas-of-results',
    breaks: 'a spreadsheet runs an answer of a participant as a formula',
    file: 'src/formats/formula-guard.ts',
    search: "return isFormula(text) ? `'${text}` : text;",
    replace: 'return text;',
    tests: ['test/formats/table-texts.spec.ts'],
  },
  {
    name: 'negative-numbers-neutralised',
    breaks: 'the text -5.00 gets an apostrophe and is no longer a number',
    file: 'src/formats/formula-guard.ts',
    search: ' AND ${inC} !~ ${PLAIN_NUMBER}',
    replace: '',
    tests: ['test/formats/csv.spec.ts'],
  },
  {
    name: 'csv-header-not-quoted',
    breaks: 'a column whose name has a line feed or a comma becomes two columns of the header',
    file: 'src/formats/csv/csv.writer.ts',
    search: 'fields.join(delimiter)',
    replace: 'names.join(delimiter)',
    tests: ['test/formats/csv.spec.ts'],
  },
  {
    name: 'xml-control-characters',
    breaks: 'a control character makes an XML file that no reader accepts',
    file: 'src/formats/xml/xml-text.ts',
    search: '.filter((code) => code > 0 && ![0x09, 0x0a, 0x0d].includes(code))',
    replace: '.filter((code) => code > 1 && ![0x09, 0x0a, 0x0d].includes(code))',
    tests: ['test/formats/xml.spec.ts'],
  },
  {
    name: 'snapshot-read-committed',
    breaks: 'an export of several tables mixes rows of different moments',
    file: 'src/platform/database/snapshot.ts',
    search: "'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY'",
    replace: "'BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY'",
    tests: ['test/formats/snapshot.spec.ts'],
  },
  {
    name: 'row-count-of-last-table',
    breaks: 'the record of an export of several tables counts the rows of one table only',
    file: 'src/formats/row-progress.ts',
    search: 'return [...this.counts.values()].reduce((sum, count) => sum + count, 0);',
    replace: 'return [...this.counts.values()].reduce((_, count) => count, 0);',
    tests: ['test/formats/csv.spec.ts', 'test/formats/json.spec.ts'],
  },
];
