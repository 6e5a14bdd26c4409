// @ts-check
// The built service as a child process, on a database and a folder of its own.
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { capture, projectRoot } from '../process.mjs';
import { developmentSecrets } from '../secrets.mjs';
import { startNode } from './child.mjs';

/** @typedef {import('./child.mjs').Child} Child */
/** @typedef {Omit<Child, 'stop'> & { url: string, stop: () => Promise<void> }} Service */

const START_TIMEOUT_MS = 60_000;
const graceSeconds = 3;
const linesKept = 20;

/** The settings of this shell that every program needs; those of the service are ours to choose. */
export function plainEnvironment() {
  const names = ['PATH', 'HOME', 'USER', 'TMPDIR', 'LANG', 'TZ'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** Brings a database up to date. @param {string} databaseUrl @returns {Promise<void>} */
export async function migrate(databaseUrl) {
  const env = { ...plainEnvironment(), DATABASE_URL: databaseUrl };
  const { code, output } = await capture(process.execPath, [join(projectRoot, 'dist/migrate.js')], { env });
  if (code !== 0) throw new Error(`The migrations could not be applied:\n${output.trim()}`);
}

/**
 * Starts the service and waits until it is ready.
 * @param {object} options
 * @param {number} options.port
 * @param {string} options.databaseUrl
 * @param {string} options.storage a folder
 * @param {Record<string, string | undefined>} [options.env] further settings
 * @param {string} [options.program] another build than dist/
 * @param {(line: string) => void} [options.onLine] told each line of the service's log
 * @returns {Promise<Service>}
 */
export async function startService({ port, databaseUrl, storage, env, program = 'dist/main.js', onLine }) {
  /** @type {string[]} */
  const lastLines = [];
  const child = startNode(['--max-semi-space-size=8', resolve(projectRoot, program)], {
    env: {
      ...(env ?? plainEnvironment()),
      ...developmentSecrets(),
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      STORAGE_DIR: storage,
      SHUTDOWN_GRACE_SECONDS: String(graceSeconds),
      HOST: '127.0.0.1',
      // This and the flag above as `npm start` has them.
      MALLOC_ARENA_MAX: '2',
    },
    onLine: (line) => {
      lastLines.push(line);
      if (lastLines.length > linesKept) lastLines.shift();
      onLine?.(line);
    },
  });
  const url = `http://localhost:${port}`;
  const healthUrl = `http://localhost:${env?.['MANAGEMENT_PORT'] || port}`;
  const stop = () => child.stop((graceSeconds + 10) * 1000);
  try {
    await untilReady(child, healthUrl);
  } catch (error) {
    await stop();
    // A listener has received these lines already.
    throw new Error([messageOf(error), ...(onLine ? [] : lastLines)].join('\n'));
  }
  return { ...child, url, stop };
}

/** @param {Child} child @param {string} url */
async function untilReady(child, url) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (child.isRunning()) {
    const response = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (response?.ok) return;
    if (Date.now() > deadline) throw new Error('The service did not become ready within a minute.');
    await sleep(50);
  }
  throw new Error(`The service ${await child.ended}.`);
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));
