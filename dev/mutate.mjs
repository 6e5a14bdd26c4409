// @ts-check
// npm run mutate [-- [--all] [--list] [name …]]: breaks the sources in small ways, one at a time, and expects a test to fail.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutations } from '../test/mutations/mutations.mjs';
import { ensureInstalled } from './install.mjs';
import { Compiler } from './mutation/compiler.mjs';
import { chosenMutations, needsBuild } from './mutation/mutations.mjs';
import { lineOf, reportOf } from './mutation/table.mjs';
import { runTests } from './mutation/tests.mjs';
import { Tree } from './mutation/tree.mjs';
import { capture, fail, projectRoot } from './process.mjs';
import { removeAbandoned, startStack } from './stack.mjs';

/**
 * @typedef {import('./mutation/mutations.mjs').Mutation} Mutation
 * @typedef {import('./mutation/table.mjs').Outcome} Outcome
 * @typedef {{ tree: Tree, compiler: Compiler, adminUrl: string, runsAll: boolean, unsound: ReadonlySet<string> }} Bench
 */

const directory = join(projectRoot, '.stack/mutations');

const args = process.argv.slice(2);
const runsAll = args.includes('--all');
const names = args.filter((arg) => !arg.startsWith('--'));

try {
  const chosen = chosenMutations(mutations, names);
  if (args.includes('--list')) list(chosen);
  else {
    const tested = await commit();
    process.exitCode = report(await runOnCopy(chosen), tested);
  }
} catch (error) {
  fail(error);
}

/** @param {readonly Mutation[]} chosen */
function list(chosen) {
  for (const { name, breaks } of chosen) console.log(`${name.padEnd(34)}  ${breaks}`);
}

/** @param {readonly Mutation[]} chosen */
async function runOnCopy(chosen) {
  await ensureInstalled();
  const tree = Tree.copy(projectRoot, directory);
  process.once('exit', () => tree.remove());
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  removeAbandoned(directory, 'postgres-');
  const postgres = { directory: join(directory, `postgres-${process.pid}`), persistent: false };
  const { databaseUrl: adminUrl, stop } = await startStack(postgres);
  try {
    await tree.buildPristine();
    const bench = { tree, compiler: new Compiler(tree.root), adminUrl, runsAll };
    const unsound = await unsoundFiles(chosen, bench);
    /** @type {Outcome[]} */
    const outcomes = [];
    for (const mutation of chosen) {
      const outcome = await tried(mutation, { ...bench, unsound });
      outcomes.push(outcome);
      console.log(lineOf(outcome));
    }
    return outcomes;
  } finally {
    await stop();
  }
}

/**
 * Runs the tests without a mutation: one that fails anyway catches nothing.
 * @param {readonly Mutation[]} chosen
 * @param {Omit<Bench, 'unsound'>} bench
 * @returns {Promise<Set<string>>} the files whose tests fail
 */
async function unsoundFiles(chosen, { tree, adminUrl, runsAll }) {
  const selections = runsAll ? [{ files: null }] : selectionsOf(chosen);
  console.log('Without a mutation …');
  const startedAt = Date.now();
  const unsound = new Set();
  for (const [index, selection] of selections.entries()) {
    const log = join(directory, `unmutated-${index + 1}.log`);
    const { failed, problem } = await runTests({ root: tree.root, ...selection, log, adminUrl });
    for (const { file, title } of failed) console.log(`fails     ${title} (${file})`);
    for (const { file } of failed) unsound.add(file);
    if (problem || (runsAll && failed.length > 0)) throw new Error(`The tests fail without a mutation. See ${log}`);
  }
  console.log(`… in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
  return unsound;
}

/** All named tests in as few runs of jest as there are patterns for titles. @param {readonly Mutation[]} chosen */
function selectionsOf(chosen) {
  /** @type {Map<string | undefined, Set<string>>} */
  const filesByTitle = new Map();
  for (const { tests, title } of chosen) {
    filesByTitle.set(title, new Set([...(filesByTitle.get(title) ?? []), ...tests]));
  }
  return [...filesByTitle].map(([title, files]) => ({ files: [...files], ...(title !== undefined && { title }) }));
}

/** @param {Mutation} mutation @param {Bench} bench @returns {Promise<Outcome>} */
async function tried(mutation, bench) {
  const startedAt = performance.now();
  const finding = await verdictOn(mutation, bench).catch((error) => ({
    verdict: /** @type {const} */ ('error'),
    detail: error instanceof Error ? error.message : String(error),
  }));
  bench.tree.restore();
  return { mutation, ...finding, seconds: (performance.now() - startedAt) / 1000 };
}

/**
 * @param {Mutation} mutation
 * @param {Bench} bench
 * @returns {Promise<Pick<Outcome, 'verdict' | 'detail'>>}
 */
async function verdictOn(mutation, { tree, compiler, adminUrl, runsAll, unsound }) {
  const failing = mutation.tests.find((file) => unsound.has(file));
  if (failing) return { verdict: 'error', detail: `tests of ${failing} fail without a mutation` };
  const misfit = tree.apply(mutation);
  if (misfit) return { verdict: 'error', detail: `it no longer applies: ${misfit}` };
  const mistake = compiler.problemOf(mutation.file);
  if (mistake) return { verdict: 'error', detail: `it does not compile: ${mistake}` };
  await tree.prepareDist(runsAll || needsBuild(mutation));
  const log = join(directory, `${mutation.name}.log`);
  const { tests, title } = mutation;
  const selection = runsAll ? { files: null } : { files: tests, ...(title !== undefined && { title }) };
  const { failed, problem } = await runTests({ root: tree.root, ...selection, log, adminUrl });
  const [first] = failed;
  if (first) return { verdict: 'caught', detail: `${first.title} (${first.file})` };
  if (problem) return { verdict: 'error', detail: `${problem}; see ${log}` };
  return { verdict: 'survived', detail: `no test failed in ${runsAll ? 'all tests' : tests.join(', ')}` };
}

/**
 * Prints the sums and keeps the table.
 * @param {readonly Outcome[]} outcomes
 * @param {string} tested the commit
 * @returns the exit code
 */
function report(outcomes, tested) {
  const table = join(directory, 'report.md');
  writeFileSync(table, reportOf(outcomes, tested));
  const count = (/** @type {Outcome['verdict']} */ result) =>
    outcomes.filter((outcome) => outcome.verdict === result).length;
  console.log(`\n${count('caught')} caught, ${count('survived')} survived, ${count('error')} errors. Table: ${table}`);
  return count('caught') === outcomes.length ? 0 : 1;
}

async function commit() {
  const { code, stdout } = await capture('git', ['describe', '--always', '--dirty', '--exclude=*']);
  return code === 0 ? stdout.trim() : 'unknown';
}
