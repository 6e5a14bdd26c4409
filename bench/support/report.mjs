// @ts-check
import { availableParallelism, cpus } from 'node:os';
import { capture } from '../../dev/process.mjs';

/**
 * @typedef {object} Row one line of the table
 * @property {string} what
 * @property {string} seen
 * @property {string} [goal]
 * @property {boolean} [met] left out where there is no goal
 */

/** @param {Row[]} rows */
export function markdownOf(rows) {
  const cells = rows.map(({ what, seen, goal = '', met }) => [what, seen, goal, verdict(met)]);
  const table = [['what', 'seen', 'goal', ''], ['---', '---', '---', '---'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column].length)));
  return table
    .map(
      (row) =>
        `| ${row.map((cell, column) => (cell === '---' ? '-'.repeat(widths[column]) : cell.padEnd(widths[column]))).join(' | ')} |`,
    )
    .join('\n');
}

/** @param {boolean | undefined} met */
function verdict(met) {
  if (met === undefined) return '';
  return met ? 'met' : '**missed**';
}

/** When, of what and where: without it a table means nothing. */
export async function circumstances() {
  const [commit, changes] = await Promise.all([
    capture('git', ['rev-parse', '--short', 'HEAD']),
    capture('git', ['status', '--porcelain', '--untracked-files=no']),
  ]);
  const state = changes.stdout.trim() === '' ? '' : ' with changes';
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `Commit ${commit.stdout.trim() || 'unknown'}${state}, ${date} UTC, ${availableParallelism()} cores (${processor}), Node ${process.versions.node}`;
}

/** @param {number} milliseconds */
export const ms = (milliseconds) =>
  milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;

/** @param {number} milliseconds @param {number} [digits] */
export const seconds = (milliseconds, digits = 1) => `${(milliseconds / 1000).toFixed(digits)} s`;

/** @param {number} ratio */
export const times = (ratio) => `${ratio.toFixed(ratio < 10 ? 2 : 0)} ×`;

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
