// @ts-check
import { join, resolve } from 'node:path';
import { capture } from '../../dev/process.mjs';
import { exampleBoard } from '../../dev/service/example-boards.mjs';
import { plainEnvironment } from '../../dev/service/service.mjs';
import { createDatabase } from '../../dev/stack.mjs';
import { timedExport } from '../support/environment.mjs';
import { handwrittenBoard } from '../support/handwriting.mjs';
import { canMeasureMemory, treePeakBytes } from '../support/memory.mjs';
import { megabytes, ms, times } from '../support/report.mjs';
import { median } from '../support/statistics.mjs';
import { hugeSize } from './huge-board.mjs';

const rounds = 5;
const goalBytes = 400_000_000;
const works = [
  { name: '30 pages to PNG', board: 'pages', format: 'png', goal: 0.75 },
  { name: '30 pages to PDF', board: 'pages', format: 'pdf', goal: 0.75 },
  { name: '5,000 strokes with 500,000 points to PNG', board: 'huge', format: 'png', goal: 0.8 },
];

/**
 * Boards by this build and by another one (`--against <folder of its checkout>`), in turns.
 * @type {import('../support/environment.mjs').Bench}
 */
export const boardsAgainst = {
  name: 'boards-against',
  async measure(environment) {
    const { against, databaseUrl } = environment;
    if (against === null) return [{ what: 'boards against another build', seen: 'not measured: no --against' }];
    const folder = resolve(against);
    const own = await start(environment, {});
    const other = await start(environment, {
      program: join(folder, 'dist/main.js'),
      databaseUrl: await databaseOf(folder, databaseUrl),
    });
    const measured = works.map((work) => ({
      ...work,
      own: /** @type {number[]} */ ([]),
      other: /** @type {number[]} */ ([]),
    }));
    // The first round only warms up.
    for (let round = -1; round < environment.rounds(rounds); round++) {
      for (const work of measured) {
        for (const [build, runs] of /** @type {const} */ ([
          [own, work.own],
          [other, work.other],
        ])) {
          const { wallMs } = await timedExport(build.client, build.boards[work.board] ?? '', work.format);
          if (round >= 0) runs.push(wallMs);
        }
      }
    }
    const [ownPeak, otherPeak] = canMeasureMemory ? [own, other].map(({ service }) => treePeakBytes(service.pid)) : [];
    await Promise.all([own.service.stop(), other.service.stop()]);
    return [
      ...measured.map(({ name, own: mine, other: theirs, goal }) => {
        const ratio = median(mine) / median(theirs);
        return {
          what: `${name}, this build and the other (medians of ${mine.length}, in turns)`,
          seen: `${times(ratio)} (${ms(median(mine))}, ${ms(median(theirs))})`,
          goal: `≤ ${goal} ×`,
          met: ratio <= goal,
        };
      }),
      {
        what: 'peak memory of all processes of the service over these, this build and the other',
        seen:
          ownPeak === undefined || otherPeak === undefined
            ? 'measured on Linux only'
            : `${megabytes(ownPeak)}, ${megabytes(otherPeak)}`,
        goal: `< ${megabytes(goalBytes)}`,
        met: ownPeak === undefined ? undefined : ownPeak < goalBytes,
      },
    ];
  },
};

/**
 * @param {import('../support/environment.mjs').BenchEnvironment} environment
 * @param {{ program?: string, databaseUrl?: string }} build
 */
async function start(environment, build) {
  const service = await environment.startService({}, build);
  const client = environment.clientOf(service);
  const pages = await client.createSession('thirty pages', exampleBoard('08-thirty-pages'));
  const huge = await client.createSession('huge', handwrittenBoard(hugeSize));
  /** @type {Record<string, string>} */
  const boards = { pages: pages.id, huge: huge.id };
  return { service, client, boards };
}

/** A database with the tables of the other build. @param {string} folder @param {string} databaseUrl */
async function databaseOf(folder, databaseUrl) {
  const url = await createDatabase(databaseUrl, 'against');
  const env = { ...plainEnvironment(), DATABASE_URL: url };
  const { code, output } = await capture(process.execPath, [join(folder, 'dist/migrate.js')], { cwd: folder, env });
  if (code !== 0) throw new Error(`The other build cannot migrate; is it built?\n${output.trim()}`);
  return url;
}
