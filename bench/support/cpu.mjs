// @ts-check
// The processor time of a process as Linux counts it; elsewhere it is not measured.
import { existsSync, readFileSync } from 'node:fs';

export const canMeasureCpu = existsSync('/proc/self/stat');

/** Linux tells such times in hundredths of a second on every machine. */
const msPerTick = 10;

/** Of all threads since the start, in the program and in the kernel. @param {number} pid */
export function cpuMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold spaces; the fields are counted behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}
