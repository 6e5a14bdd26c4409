// @ts-check
// The memory of a process as Linux counts it; elsewhere it is not measured.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

export const canMeasureMemory = existsSync('/proc/self/clear_refs');

/** @param {number} pid */
export const residentBytes = (pid) => field(pid, 'VmRSS');

/** The most since the start, or since it was reset. @param {number} pid */
export const peakBytes = (pid) => field(pid, 'VmHWM');

/** The sum of the peaks of a process and of all that it has started and that still run. @param {number} pid @returns {number} */
export function treePeakBytes(pid) {
  const children = readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
    .filter((child) => child !== '');
  return peakBytes(pid) + children.reduce((sum, child) => sum + treePeakBytes(Number(child)), 0);
}

/** @param {number} pid */
export function resetPeak(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** @param {number} pid @param {string} name */
function field(pid, name) {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
