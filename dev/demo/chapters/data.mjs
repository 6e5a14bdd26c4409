// @ts-check
import { exportAll } from '../exports.mjs';

export const transactions = 300_000;
const userFormats = ['json', 'csv'];
const bulkFormats = ['csv', 'xlsx', 'xml', 'json'];

/** Everything of one person at once, and a whole table in every format. @type {import('../show.mjs').Chapter} */
export const data = {
  title: `The rows of a platform: one person's, and ${transactions.toLocaleString('en')} transactions`,
  subject: 'rows',
  unit: 'rows',
  async play(stage) {
    const { tables, example, milliseconds } = await stage.platform;
    console.log(`  ${rowsOf(tables)} rows made up inside PostgreSQL in ${(milliseconds / 1000).toFixed(1)} s`);
    const [person, administrator] = await Promise.all([
      stage.signIn(example.id),
      stage.signIn('demo-administrator', '--role', 'admin'),
    ]);

    const own = userFormats.map((format) => ({
      subject: 'one-person',
      format,
      fetch: (/** @type {string} */ path) => person.fetchUserExport(example.id, format, path),
    }));
    const whole = bulkFormats.map((format) => ({
      subject: 'transactions',
      format,
      bar: `transactions.${format}`,
      count: transactions,
      request: () => administrator.requestBulkExport({ tables: ['transactions'], format }),
    }));
    return exportAll([...own, ...whole], administrator, stage);
  },
};

/** @param {{ rows: number }[]} tables */
const rowsOf = (tables) => tables.reduce((sum, { rows }) => sum + rows, 0).toLocaleString('en');
