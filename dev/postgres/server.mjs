// @ts-check
// One PostgreSQL server process: making its data directory, starting it, watching over it, stopping it.
import { spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { capture } from '../process.mjs';

/** @typedef {import('./binaries.mjs').ServerUser} ServerUser */

const guard = fileURLToPath(new URL('guard.sh', import.meta.url));
const superuser = 'postgres';
// Reachable from this machine alone, and for data that anybody may see.
const password = 'postgres';
const timeoutMs = 60_000;

/** @param {number} port @param {string} database */
export const urlOf = (port, database) => `postgresql://${superuser}:${password}@127.0.0.1:${port}/${database}`;

/**
 * Runs initdb, once. Unicode rules that PostgreSQL brings itself: the same on every system, whatever locales it has.
 * @param {{ initdb: string, directory: string, user: ServerUser | undefined, durable: boolean }} options
 */
export async function initialise({ initdb, directory, user, durable }) {
  const unfinished = join(directory, 'data.new');
  const passwordFile = join(directory, 'password');
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const { code, output } = await capture(
    initdb,
    [
      `--pgdata=${unfinished}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      // Connections to a throw-away server are many, and its password is no secret.
      ...(durable ? [] : ['--no-sync', '--set=scram_iterations=1']),
    ],
    { ...user, cwd: '/', env: serverEnvironment() },
  );
  rmSync(passwordFile, { force: true });
  if (code !== 0) throw new Error(`The database could not be initialised in ${directory}:\n${output.trim()}`);
  renameSync(unfinished, join(directory, 'data'));
}

/**
 * Starts the server and waits until it answers.
 * @param {{ postgres: string, directory: string, user: ServerUser | undefined, durable: boolean, port?: number }} options
 */
export async function launch({ postgres, directory, user, durable, port }) {
  const chosen = port ?? (await freePort());
  const log = openSync(join(directory, 'postgres.log'), 'w');
  if (user) fchownSync(log, user.uid, user.gid);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: chosen,
    unix_socket_directories: '',
    // Each queue, worker and pool of a process holds its own connections, and several processes may share the server.
    max_connections: durable ? 200 : 400,
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const child = spawn(
    postgres,
    ['-D', join(directory, 'data'), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // In a process group of its own: Ctrl-C in a terminal is for us, and we stop the server last.
    { ...user, cwd: '/', env: serverEnvironment(), stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  child.unref();
  // An `error` without a listener would end this process; that the server does not run is seen while waiting for it.
  child.once('error', () => {});
  return { pid: child.pid ?? -1, port: chosen, child };
}

/**
 * Waits until the server answers; throws with its log when it ends instead.
 * @param {{ port: number, child: import('node:child_process').ChildProcess }} server
 * @param {string} directory
 */
export async function untilReady({ port, child }, directory) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`PostgreSQL did not start on port ${port}:\n${endOfLog(directory)}`);
    }
    const client = new pg.Client({ connectionString: urlOf(port, 'postgres') });
    client.on('error', () => {});
    try {
      await client.connect();
      // Another server may hold the port while ours is still finding that out.
      const { rows } = await client.query('SHOW data_directory');
      if (rows[0].data_directory === join(directory, 'data')) return;
    } catch {
      // Not up yet.
    } finally {
      await client.end().catch(() => {});
    }
    if (Date.now() > deadline) throw new Error(`PostgreSQL did not answer within a minute:\n${endOfLog(directory)}`);
    await sleep(30);
  }
}

/**
 * Has the server stopped, and a folder of no further use removed, when this process ends in any way, killed included.
 * @param {{ pid: number, directory: string, removeFolder: boolean }} options
 * @returns {() => void} ends the watch
 */
export function watchOver({ pid, directory, removeFolder }) {
  const watcher = spawn('/bin/sh', [guard, String(pid), directory, removeFolder ? 'yes' : 'no'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    detached: true,
  });
  watcher.unref();
  /** @type {import('node:net').Socket} */ (/** @type {unknown} */ (watcher.stdin)).unref();
  return () => watcher.kill('SIGKILL');
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Nothing of the caller's PG… variables, libraries or languages. */
const serverEnvironment = () => ({ PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' });

/** @param {string} directory */
function endOfLog(directory) {
  const file = join(directory, 'postgres.log');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-15).join('\n') : '(it wrote no log)';
}
