// @ts-check

/**
 * @typedef {import('./mutations.mjs').Mutation} Mutation
 * @typedef {object} Outcome
 * @property {Mutation} mutation
 * @property {'caught' | 'survived' | 'error'} verdict
 * @property {string} detail the first test that failed, or what went wrong
 * @property {number} seconds
 */

/** @param {Outcome} outcome */
export function lineOf({ mutation, verdict, detail, seconds }) {
  return `${verdict.padEnd(8)}  ${mutation.name.padEnd(34)}  ${seconds.toFixed(1).padStart(6)} s  ${detail}`;
}

/**
 * The outcomes as a table of Markdown.
 * @param {readonly Outcome[]} outcomes
 * @param {string} commit
 */
export function reportOf(outcomes, commit) {
  const date = new Date().toISOString().slice(0, 10);
  const rows = outcomes.map(({ mutation: { name, breaks, file }, verdict, detail, seconds }) => {
    const result = verdict === 'caught' ? detail : `**${verdict}**: ${detail}`;
    return `| \`${name}\`: ${breaks} | \`${shortened(file)}\` | ${escaped(result)} | ${Math.round(seconds)} |`;
  });
  const caught = outcomes.filter(({ verdict: result }) => result === 'caught').length;
  return [
    `Run on ${date} at commit ${commit}: ${caught} of ${outcomes.length} mutations were caught.`,
    '',
    '| mutation | where | caught by | s |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** @param {string} file */
const shortened = (file) => file.replace(/^src\//, '');

/** @param {string} text */
const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
