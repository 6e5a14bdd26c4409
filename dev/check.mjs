// @ts-check
// npm run check: everything but the tests. All steps run, so that one run shows all errors.
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import { compileConsumer } from './packed-client.mjs';
import { capture, fail, localProgram, projectRoot } from './process.mjs';

/**
 * @typedef {{ result: 'passed' | 'failed' | 'left out', output: string }} Outcome
 * @typedef {{ name: string, run: () => Promise<Outcome> }} Step
 */

const stub = join(projectRoot, 'prisma/no-schema-engine.sh');

/** @type {Step[]} */
const steps = [
  tool('prettier', ['--check', '--log-level', 'warn', '.']),
  tool('eslint', ['--max-warnings', '0', '.']),
  tool('tsc', ['-p', 'tsconfig.json']),
  tool('tsc', ['-p', 'tsconfig.dev.json']),
  tool('tsc', ['-p', 'web/tsconfig.json']),
  tool('vue-tsc', ['--noEmit', '-p', 'web/console/tsconfig.json']),
  tool('depcruise', ['src', '--config', '.dependency-cruiser.cjs']),
  tool('knip', []),
  tool('prisma', ['validate'], { PRISMA_SCHEMA_ENGINE_BINARY: process.env['PRISMA_SCHEMA_ENGINE_BINARY'] || stub }),
  tool('redocly', ['lint', 'docs/openapi.json'], { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }),
  { name: 'tsc -p sdk', run: sdkTypes },
  { name: 'tsc of a project with the packed client', run: clientTypes },
  { name: 'docs/reference/errors.md', run: () => script('dev/error-reference.mjs', '--check') },
  { name: 'mutations match the sources', run: () => script('dev/mutate.mjs', '--list') },
  { name: 'npm audit --omit=dev', run: audit },
];

try {
  await ensureInstalled();
  for (const file of ['dev/prisma-generate.mjs', 'sdk/build.mjs']) {
    const { code, output } = await capture(process.execPath, [join(projectRoot, file)]);
    if (code !== 0) throw new Error(output.trim());
  }
  process.exitCode = report(await runAll(steps));
} catch (error) {
  fail(error);
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Step}
 */
function tool(program, args, env = {}) {
  const run = async () => {
    const { code, output } = await capture(localProgram(program), args, { env: { ...process.env, ...env } });
    return outcome(code === 0, output);
  };
  return { name: [program, ...args.filter((arg) => arg.includes('tsconfig') || arg === 'validate')].join(' '), run };
}

/** @param {string} file @param {string[]} args @returns {Promise<Outcome>} */
async function script(file, ...args) {
  const { code, output } = await capture(process.execPath, [join(projectRoot, file), ...args]);
  return outcome(code === 0, output);
}

/** The compiler that the SDK is built with, over its tests as well. @returns {Promise<Outcome>} */
async function sdkTypes() {
  const { code, output } = await capture(join(projectRoot, 'sdk/node_modules/.bin/tsc'), ['-p', 'sdk']);
  return outcome(code === 0, output);
}

/** The types of the client in a strict project of its own. @returns {Promise<Outcome>} */
async function clientTypes() {
  const { code, output } = await compileConsumer();
  return outcome(code === 0, output);
}

/** A registry that cannot answer says nothing about our dependencies. @returns {Promise<Outcome>} */
async function audit() {
  const { stdout } = await capture('npm', ['audit', '--omit=dev', '--json']);
  const found = parse(stdout)?.vulnerabilities;
  if (!found) return { result: 'left out', output: 'the registry gave no answer' };
  const serious = Object.entries(found)
    .filter(([, { severity }]) => severity === 'high' || severity === 'critical')
    .map(([name, { severity, range }]) => `${severity}: ${name} ${range}`);
  return outcome(serious.length === 0, [...serious, 'See `npm audit --omit=dev`.'].join('\n'));
}

/** @param {boolean} passed @param {string} output @returns {Outcome} */
function outcome(passed, output) {
  return { result: passed ? 'passed' : 'failed', output };
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Two at a time: each of the slow ones keeps one core busy.
 * @param {Step[]} all
 */
async function runAll(all) {
  /** @type {(Outcome & { name: string, seconds: number })[]} */
  const results = [];
  const waiting = [...all.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, { name, run }] = next;
      const startedAt = Date.now();
      results[index] = { ...(await run()), name, seconds: (Date.now() - startedAt) / 1000 };
    }
  };
  await Promise.all([lane(), lane()]);
  return results;
}

/** @param {(Outcome & { name: string, seconds: number })[]} results @returns {number} the exit code */
function report(results) {
  for (const { name, result, output } of results) {
    if (result === 'failed') console.log(`── ${name}\n${output.trim()}\n`);
  }
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const { name, result, seconds, output } of results) {
    const remark = result === 'left out' ? `  (${output})` : '';
    console.log(`${name.padEnd(width)}  ${result.padEnd(8)}  ${seconds.toFixed(1).padStart(6)} s${remark}`);
  }
  return results.some(({ result }) => result === 'failed') ? 1 : 0;
}
