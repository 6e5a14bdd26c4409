// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../process.mjs';

const folder = join(projectRoot, 'examples/boards');

/** The boards of examples/boards: their names and their JSON. */
export function exampleBoards() {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ name: file.replace(/\.json$/, ''), state: readFileSync(join(folder, file), 'utf8') }));
}

/** One board's JSON. @param {string} name */
export const exampleBoard = (name) => readFileSync(join(folder, `${name}.json`), 'utf8');
