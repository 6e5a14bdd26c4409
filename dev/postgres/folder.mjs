// @ts-check
// The folder of one server: who may use it, where it can be, who is using it now.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from '../process.mjs';

/** @typedef {{ pid: number, started: string | undefined }} Process */
/** @typedef {import('./binaries.mjs').ServerUser} ServerUser */

/**
 * Makes the folder. PostgreSQL refuses to run as root: root runs it as the owner of the surroundings, or as a user
 * that every system has, and somewhere else when that user has no way into the folder.
 * @param {string} wanted
 * @param {(line: string) => void} onLog
 * @returns {{ directory: string, user: ServerUser | undefined }}
 */
export function prepareFolder(wanted, onLog) {
  const surroundings = nearestExisting(wanted);
  makeFolder(wanted);
  if (process.getuid?.() !== 0) return { directory: wanted, user: undefined };

  const owner = statSync(surroundings);
  const user = namedUser(String(owner.uid)) ?? firstOf(['postgres', '_postgres', 'nobody'], namedUser);
  if (!user)
    throw new Error('PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as.');
  if (user.uid === owner.uid) giveAway(wanted, surroundings, user);
  chownSync(wanted, user.uid, user.gid);
  if (canEnter(wanted, user)) return { directory: wanted, user };

  const elsewhere = join(
    '/var/lib/export-service-stack',
    createHash('sha256').update(wanted).digest('hex').slice(0, 12),
  );
  onLog(`${wanted} is closed to the user ${user.name}: PostgreSQL keeps its files in ${elsewhere}`);
  makeFolder(elsewhere);
  chmodSync(dirname(elsewhere), 0o755);
  chownSync(elsewhere, user.uid, user.gid);
  return { directory: elsewhere, user };
}

/**
 * Marks the folder as ours. A server that outlived the process that started it is stopped first.
 * @param {string} directory
 */
export async function claimFolder(directory) {
  const mark = join(directory, 'owner.json');
  const previous = readMark(mark);
  if (previous && isRunning(previous.owner)) {
    throw new Error(
      `${directory} is in use by another running stack (process ${previous.owner.pid}). Stop that one first.`,
    );
  }
  if (previous?.server && isRunning(previous.server)) await stopProcess(previous.server);
  // Ids of processes are used again: PostgreSQL would take a stranger for the server that wrote this file.
  if (previous) rmSync(join(directory, 'data/postmaster.pid'), { force: true });
  rmSync(mark, { force: true });

  const owner = identify(process.pid);
  writeFileSync(mark, JSON.stringify({ owner }), { flag: 'wx' });
  return {
    /** @param {number} pid */
    noteServer: (pid) => writeFileSync(mark, JSON.stringify({ owner, server: identify(pid) })),
    release: () => rmSync(mark, { force: true }),
  };
}

/** Whether the process that marked the folder is gone. @param {string} directory */
export function isAbandoned(directory) {
  const previous = readMark(join(directory, 'owner.json'));
  return previous !== undefined && !isRunning(previous.owner);
}

/**
 * Asks a server to shut down and waits for it.
 * @param {Process} server
 */
export async function stopProcess(server) {
  for (const [signal, timeoutMs] of /** @type {const} */ ([
    ['SIGINT', 30_000],
    ['SIGKILL', 5_000],
  ])) {
    const deadline = Date.now() + timeoutMs;
    while (isRunning(server) && Date.now() < deadline) {
      // Sent again and again, since a server that is just starting may not listen yet.
      signalTo(server.pid, signal);
      await sleep(50);
    }
  }
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function signalTo(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It may have ended between the look and the call; anything else is for the caller to see.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** @param {number} pid @returns {Process} */
export const identify = (pid) => ({ pid, started: processStart(pid) });

/** @param {Process} candidate */
const isRunning = ({ pid, started }) => started !== undefined && processStart(pid) === started;

/** @param {string} mark @returns {{ owner: Process, server?: Process } | undefined} */
function readMark(mark) {
  try {
    return JSON.parse(readFileSync(mark, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} path @returns {string} */
const nearestExisting = (path) => (existsSync(path) ? path : nearestExisting(dirname(path)));

/** @param {string} path */
function makeFolder(path) {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} cannot be made (${reason}). If another user made .stack, remove it as that user.`);
  }
}

/** @param {string} path @param {string} upTo @param {ServerUser} user */
function giveAway(path, upTo, user) {
  if (path === upTo) return;
  chownSync(path, user.uid, user.gid);
  giveAway(dirname(path), upTo, user);
}

/** @param {string} path @param {ServerUser} user */
const canEnter = (path, user) => spawnSync('/bin/sh', ['-c', 'cd "$0"', path], { ...user, cwd: '/' }).status === 0;

/** A user that is not root, by name or number. @param {string} nameOrId @returns {ServerUser | undefined} */
function namedUser(nameOrId) {
  /** @param {string} what */
  const ask = (what) => spawnSync('id', [what, nameOrId], { encoding: 'utf8' });
  const [name, uid, gid] = ['-un', '-u', '-g'].map(ask);
  if (name?.status !== 0 || uid?.status !== 0 || Number(uid.stdout) === 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid?.stdout), name: name.stdout.trim() };
}

/**
 * @template A, B
 * @param {A[]} items
 * @param {(item: A) => B | undefined} find
 * @returns {B | undefined}
 */
function firstOf(items, find) {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
