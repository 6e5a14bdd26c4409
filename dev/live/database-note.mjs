// @ts-check
// Where the database of the running `npm run dev` is, for the programs beside it: its port differs from run to run.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../process.mjs';

const note = join(projectRoot, '.stack/dev/database-url');

/** @param {string} databaseUrl @returns {() => void} forgets it again */
export function noteDatabase(databaseUrl) {
  writeFileSync(note, `${databaseUrl}\n`, { mode: 0o600 });
  return () => rmSync(note, { force: true });
}

/** @returns {string | undefined} */
export const databaseOfStack = () => (existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined);
