import { readdirSync, readFileSync } from 'node:fs';

/** The processes that a process has started, from /proc; none elsewhere than on Linux. */
export function childrenOf(parent: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.filter((pid) => statOf(pid)?.parent === parent).map(Number);
}

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

/** Whether a process is running. A zombie is not. */
export function isRunning(pid: number): boolean {
  const state = statOf(String(pid))?.state;
  return state !== undefined && state !== 'Z';
}

function statOf(pid: string): { state: string; parent: number } | undefined {
  try {
    const [state = '', parent = ''] = (/\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? '').split(
      ' ',
    );
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
