// @ts-check
// Runs jest on a copy of the checkout and tells which tests failed.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * @typedef {{ file: string, title: string }} FailedTest
 * @typedef {object} TestRun
 * @property {readonly FailedTest[]} failed
 * @property {string | null} problem why the result says nothing about the sources
 *
 * @typedef {object} TestOptions
 * @property {string} root of the copy
 * @property {readonly string[] | null} files all tests where it is null
 * @property {string} [title] a pattern for the titles of the tests to run
 * @property {string} log the file for jest's output
 * @property {string} adminUrl of the PostgreSQL server
 */

/** No named set of tests takes nearly as long; all tests may. */
const TIMEOUT_MS = { named: 15 * 60_000, all: 90 * 60_000 };

/** @param {TestOptions} options @returns {Promise<TestRun>} */
export async function runTests({ root, files, title, log, adminUrl }) {
  const report = `${log}.json`;
  rmSync(report, { force: true });
  const args = [
    join(root, 'node_modules/jest/bin/jest.js'),
    '--ci',
    '--json',
    `--outputFile=${report}`,
    ...(title === undefined ? [] : ['--testNamePattern', title]),
    ...(files === null ? [] : ['--runTestsByPath', ...files]),
  ];
  const env = { ...process.env, NO_COLOR: '1', TEST_DATABASE_ADMIN_URL: adminUrl };
  const isEnded = await run(args, { cwd: root, env }, log, files === null ? TIMEOUT_MS.all : TIMEOUT_MS.named);
  if (!isEnded) return { failed: [], problem: 'the tests did not end in time' };
  if (!existsSync(report)) return { failed: [], problem: 'jest wrote no report' };
  const result = resultOf(JSON.parse(readFileSync(report, 'utf8')), root);
  rmSync(report);
  return result;
}

/**
 * @param {{ numTotalTests: number, numPassedTests: number, testResults: { name: string, message: string, assertionResults: { fullName: string, status: string }[] }[] }} report
 * @param {string} root
 * @returns {TestRun}
 */
function resultOf({ numPassedTests, testResults }, root) {
  const failed = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => ({ file: relative(root, name), title: fullName })),
  );
  const broken = testResults.find(({ message, assertionResults }) => message !== '' && assertionResults.length === 0);
  if (failed.length === 0 && broken) return { failed, problem: `${relative(root, broken.name)} could not be run` };
  if (failed.length === 0 && numPassedTests === 0) return { failed, problem: 'no test was run' };
  return { failed, problem: null };
}

/**
 * @param {string[]} args of Node
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @param {string} log
 * @param {number} timeoutMs
 * @returns {Promise<boolean>} whether it ended by itself
 */
function run(args, options, log, timeoutMs) {
  const output = openSync(log, 'w');
  return new Promise((resolve, reject) => {
    // A group of its own, so that the processes that its tests started end with it.
    const child = spawn(process.execPath, args, { ...options, detached: true, stdio: ['ignore', output, output] });
    const end = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    };
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, timeoutMs);
    process.once('exit', end);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      process.off('exit', end);
      closeSync(output);
      resolve(!isLate);
    });
  });
}
