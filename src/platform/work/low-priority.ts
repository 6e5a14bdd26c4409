import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/** All other processes and threads of the machine go first. */
const NICENESS = 10;

/** Work that takes long gives way to requests: lowers the priority of this process. */
export function lowerProcessPriority(): void {
  setPriority(NICENESS);
}

/** The same for the calling thread alone. Only Linux has a priority for each thread; elsewhere nothing changes. */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return;
  // Linux takes the number of a thread for that of a process, and changes that thread: setpriority(2).
  setPriority(Number(basename(readlinkSync('/proc/thread-self'))), NICENESS);
}
