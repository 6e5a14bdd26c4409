// @ts-check
// What everything is compared with: PostgreSQL's own CSV, written to a file.
import { fileURLToPath } from 'node:url';
import { capture } from '../../dev/process.mjs';

const stand = fileURLToPath(new URL('copy.child.mjs', import.meta.url));
const hasPsql = (await capture('psql', ['--version'])).code === 0;

/** Which of the two it is. */
export const copyName = hasPsql ? 'psql `\\copy`' : 'raw COPY by pg-copy-streams (no psql here)';

/**
 * @param {string} databaseUrl
 * @param {string} query on one line
 * @param {string} path
 * @returns {Promise<number>} milliseconds, the start of the process included
 */
export async function copyToFile(databaseUrl, query, path) {
  const startedAt = performance.now();
  const { code, output } = hasPsql
    ? await capture('psql', [
        '-X',
        '-q',
        '-d',
        databaseUrl,
        '-c',
        `\\copy (${query}) TO '${path}' (FORMAT csv, HEADER)`,
      ])
    : await capture(process.execPath, [stand, databaseUrl, query, path]);
  if (code !== 0) throw new Error(`The rows could not be copied: ${output.trim()}`);
  return performance.now() - startedAt;
}
