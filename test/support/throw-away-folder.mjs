// @ts-check
// Where a run of the tests keeps the data of its PostgreSQL server.
import { existsSync, readFileSync, statfsSync } from 'node:fs';

/** The file system in memory that Linux has. */
const IN_MEMORY = '/dev/shm';
/** Several times what a run keeps at once. A container often has 64 MB. */
const NEEDED_BYTES = 4 * 1024 ** 3;

/**
 * The folder in which throw-away data are kept: in memory, where the system has enough of it. The database of a test file is
 * hundreds of files. On a disk, making and removing them is a tenth of the CPU time of a run.
 * @param {string} onDisk the folder to use where there is none in memory
 * @returns {string}
 */
export function throwAwayFolder(onDisk) {
  return hasRoomInMemory() ? IN_MEMORY : onDisk;
}

function hasRoomInMemory() {
  if (!existsSync(IN_MEMORY)) return false;
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= NEEDED_BYTES && mayRunPrograms();
}

/** PostgreSQL's programs are copied to its data when its user may not run those of the checkout. */
function mayRunPrograms() {
  const mount = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, path]) => path === IN_MEMORY);
  const options = mount?.[3]?.split(',') ?? [];
  return options.includes('rw') && !options.includes('noexec');
}
