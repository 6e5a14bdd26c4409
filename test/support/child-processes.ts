import { readdirSync, readFileSync } from 'node:fs';

/** The processes that a process has started, from /proc; none elsewhere than on Linux. */
export function childrenOf(parent: number): number[] {
  try {
    const tasks = `/proc/${parent}/task`;
    return readdirSync(tasks).flatMap((task) => numbersIn(readFileSync(`${tasks}/${task}/children`, 'latin1')));
  } catch {
    return [];
  }
}

const numbersIn = (text: string) => (text.match(/\d+/g) ?? []).map(Number);

/** The command line of a process; empty when it is gone. */
export function programOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

/** Resident memory of a process in megabytes; 0 when it is gone. */
export function memoryOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** What a process has computed, in milliseconds; 0 when it is gone. */
export function cpuMsOf(pid: number): number {
  return statOf(String(pid))?.cpuMs ?? 0;
}

/** What those processes have computed that this one started and that have ended, in milliseconds. */
export function endedChildrenCpuMs(): number {
  return statOf('self')?.endedCpuMs ?? 0;
}

/** Whether a process is running. A zombie is not. */
export function isRunning(pid: number): boolean {
  const state = statOf(String(pid))?.state;
  return state !== undefined && state !== 'Z';
}

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly cpuMs: number;
  /** Of those that it started and that have ended. */
  readonly endedCpuMs: number;
}

/** Linux counts in hundredths of a second. */
const MS_PER_TICK = 10;

function statOf(pid: string): ProcessStat | undefined {
  try {
    const fields = (/\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? '').split(' ');
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map((ticks) => Number(ticks) * MS_PER_TICK);
    return {
      state: fields[0]!,
      parent: Number(fields[1]),
      cpuMs: user! + system!,
      endedCpuMs: endedUser! + endedSystem!,
    };
  } catch {
    return undefined;
  }
}
