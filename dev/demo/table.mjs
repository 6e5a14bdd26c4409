// @ts-check

/** @typedef {import('./exports.mjs').Outcome} Outcome */

const fewest = 1000;

/**
 * @param {Outcome[]} outcomes
 * @param {{ subject: string, unit: string }} titles
 */
export function tableOf(outcomes, { subject, unit }) {
  const rows = outcomes.map((outcome, index) => [
    outcome.subject === outcomes[index - 1]?.subject ? '' : outcome.subject,
    outcome.format,
    outcome.count?.toLocaleString('en') ?? '',
    outcome.size === undefined ? '' : humanSize(outcome.size),
    outcome.milliseconds?.toLocaleString('en') ?? '',
    rateOf(outcome),
    outcome.problem ?? outcome.remark,
  ]);
  const table = [[subject, 'format', unit, 'size', 'ms', rows.some((row) => row[5]) ? `${unit}/s` : '', ''], ...rows];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...table.map((row) => row[column].length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => aligned(cell, column, widths))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names to the left, numbers to the right. @param {string} cell @param {number} column @param {number[]} widths */
const aligned = (cell, column, widths) =>
  column < 2 || column > 5 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column]);

/** Of few things there is nothing to say by the second. @param {Outcome} outcome */
function rateOf({ count = 0, milliseconds = 0 }) {
  if (count < fewest || milliseconds === 0) return '';
  return Math.round((count / milliseconds) * 1000).toLocaleString('en');
}

/** @param {number} bytes */
function humanSize(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}
