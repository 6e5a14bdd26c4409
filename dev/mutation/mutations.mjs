// @ts-check
// The list of mutations, checked for its form.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../process.mjs';

/**
 * @typedef {object} Mutation
 * @property {string} name
 * @property {string} breaks what goes wrong for users or operators
 * @property {string} file
 * @property {string} search a text that is in the file exactly once
 * @property {string} replace
 * @property {readonly string[]} tests the test files that are to catch it
 * @property {string} [title] a pattern for the titles of those tests, where a file takes long
 * @property {boolean} [needsBuild] whether the tests run programs from dist/; those of test/e2e do
 */

/** @param {Mutation} mutation */
export function needsBuild({ tests, needsBuild = tests.some((test) => test.startsWith('test/e2e/')) }) {
  return needsBuild;
}

/**
 * @param {readonly Mutation[]} all
 * @param {readonly string[]} names those to choose; all of them where none is named
 * @returns {Mutation[]}
 */
export function chosenMutations(all, names) {
  const known = new Set(all.map(({ name }) => name));
  if (known.size !== all.length) throw new Error('Two mutations have the same name.');
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}. See npm run mutate -- --list`);
  const chosen = all.filter(({ name }) => names.length === 0 || names.includes(name));
  const missing = chosen.flatMap(({ tests }) => tests.filter((test) => !existsSync(join(projectRoot, test))));
  if (missing.length > 0) throw new Error(`Mutations name tests that do not exist: ${missing.join(', ')}`);
  const stale = chosen.flatMap((mutation) => {
    const reason = findMismatch(projectRoot, mutation);
    return reason === null ? [] : [`${mutation.name}: ${reason}`];
  });
  if (stale.length > 0) throw new Error(`Mutations do not match the sources:\n${stale.join('\n')}`);
  return chosen;
}

/**
 * @param {string} root of the sources
 * @param {Pick<Mutation, 'file' | 'search'>} mutation
 * @returns {string | null} why it does not apply to the sources
 */
export function findMismatch(root, { file, search }) {
  const path = join(root, file);
  if (!existsSync(path)) return `there is no ${file}`;
  const found = readFileSync(path, 'utf8').split(search).length - 1;
  return found === 1 ? null : `the search text is in ${file} ${found} times`;
}
