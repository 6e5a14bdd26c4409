import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_MS = 20;

/** The resident memory of a process and of all that it started, as Linux counts it. */
export function residentBytes(processId: number): number {
  try {
    const status = readFileSync(`/proc/${processId}/status`, 'latin1');
    const own = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
    return childrenOf(processId).reduce((sum, child) => sum + residentBytes(child), own);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

function childrenOf(processId: number): number[] {
  const threads = readdirSync(`/proc/${processId}/task`);
  return threads.flatMap((thread) => {
    const children = readFileSync(`/proc/${processId}/task/${thread}/children`, 'latin1');
    return children.split(' ').filter(Boolean).map(Number);
  });
}

/** By how many bytes the memory of a process and of all that it started rises while something is done. */
export async function memoryRise(processId: number, work: () => Promise<unknown>): Promise<number> {
  const before = residentBytes(processId);
  let peak = before;
  const look = () => {
    peak = Math.max(peak, residentBytes(processId));
  };
  const sampling = setInterval(look, SAMPLE_MS);
  try {
    await work();
    look();
  } finally {
    clearInterval(sampling);
  }
  return peak - before;
}
