// @ts-check
// PostgreSQL for this project on this machine, without manual setup.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { usableBinaries } from './postgres/binaries.mjs';
import { claimFolder, identify, isAbandoned, prepareFolder, stopProcess } from './postgres/folder.mjs';
import { initialise, launch, untilReady, urlOf, watchOver } from './postgres/server.mjs';

/**
 * @typedef {object} StackOptions
 * @property {string} directory where everything is kept, best below .stack/
 * @property {boolean} persistent whether the data outlives the run; a throw-away server does without fsync
 * @property {number} [port] a free one when left out
 * @property {boolean} [fsync] whether data survives a power cut; as `persistent` when left out
 * @property {(line: string) => void} [onLog]
 *
 * @typedef {object} Stack
 * @property {string} databaseUrl the database `exports`, as its owner
 * @property {number} port
 * @property {() => Promise<void>} stop
 */

/**
 * Starts PostgreSQL and makes the database `exports`. The server also stops when this process ends without a word.
 * @param {StackOptions} options
 * @returns {Promise<Stack>}
 */
export async function startStack({ directory: wanted, persistent, port, fsync = persistent, onLog = () => {} }) {
  const { directory, user } = prepareFolder(resolve(wanted), onLog);
  const claim = await claimFolder(directory);
  try {
    const { initdb, postgres } = usableBinaries({ user, copyTo: directory });
    if (!existsSync(join(directory, 'data'))) {
      onLog('Making a new PostgreSQL database …');
      await initialise({ initdb, directory, user, durable: fsync });
    }
    const server = await launch({ postgres, directory, user, durable: fsync, port });
    claim.noteServer(server.pid);
    const endWatch = watchOver({ pid: server.pid, directory, removeFolder: !persistent });
    const stop = once(async () => {
      await stopProcess(identify(server.pid));
      endWatch();
      claim.release();
      if (!persistent) removeFolders(wanted, directory);
    });
    try {
      await untilReady(server, directory);
      await createDatabase(urlOf(server.port, 'postgres'), 'exports');
    } catch (error) {
      await stop();
      throw error;
    }
    onLog(`PostgreSQL listens on 127.0.0.1:${server.port}`);
    return { databaseUrl: urlOf(server.port, 'exports'), port: server.port, stop };
  } catch (error) {
    claim.release();
    if (!persistent) removeFolders(wanted, directory);
    throw error;
  }
}

/**
 * Makes a database, as a copy of a template where one is named; leaves one that exists as it is.
 * @param {string} adminUrl any database of the server, as a user who may create databases
 * @param {string} name
 * @param {string} [template]
 * @returns {Promise<string>} its URL
 */
export async function createDatabase(adminUrl, name, template) {
  await asAdmin(adminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount) return;
    const source = template ? ` TEMPLATE ${client.escapeIdentifier(template)}` : '';
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}${source}`);
  });
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

/**
 * Drops a database and its open connections.
 * @param {string} adminUrl
 * @param {string} name
 */
export async function dropDatabase(adminUrl, name) {
  await asAdmin(adminUrl, (client) =>
    client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`),
  );
}

/**
 * Removes the throw-away folders of runs that were cut off with the whole machine.
 * @param {string} parent
 * @param {string} prefix
 */
export function removeAbandoned(parent, prefix) {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const folder = join(parent, name);
    if (name.startsWith(prefix) && isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {...string} folders */
function removeFolders(...folders) {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {string} url
 * @param {(client: pg.Client) => Promise<unknown>} work
 */
async function asAdmin(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** @param {() => Promise<void>} action @returns {() => Promise<void>} */
function once(action) {
  /** @type {Promise<void> | undefined} */
  let running;
  return () => (running ??= action());
}
