import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** What a process has taken so far. */
export interface ProcessUsage {
  readonly cpuMs: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

/** Linux counts the time of processes in hundredths of a second, whatever its own clock does. */
const MS_PER_TICK = 10;

/**
 * Asks the operating system about a process; `null` when it is gone, or the system does not tell. On Linux this reads
 * two small files at once, without the pool of threads that others may occupy.
 */
export async function readUsage(pid: number): Promise<ProcessUsage | null> {
  try {
    return process.platform === 'linux' ? fromProc(pid) : await fromPs(pid);
  } catch {
    return null;
  }
}

function fromProc(pid: number): ProcessUsage | null {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name of the program, in parentheses, may have spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const memory = /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
  if (memory === undefined) return null;
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK, memory: Number(memory) * 1024 };
}

async function fromPs(pid: number): Promise<ProcessUsage | null> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(pid)]);
  const [, kilobytes, time = ''] = /^\s*(\d+)\s+(\S+)/.exec(stdout) ?? [];
  if (kilobytes === undefined) return null;
  const seconds = time.split(/[-:]/).reduce((sum, part) => sum * 60 + Number(part), 0);
  return { cpuMs: seconds * 1000, memory: Number(kilobytes) * 1024 };
}
