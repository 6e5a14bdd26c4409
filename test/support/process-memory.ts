import { childrenOf, memoryOf } from './child-processes';

const SAMPLE_MS = 20;

/** The resident memory of a process and of all that it started, in bytes. */
function residentBytes(processId: number): number {
  return childrenOf(processId).reduce((sum, child) => sum + residentBytes(child), memoryOf(processId) * 1024 * 1024);
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
