// @ts-check
import { parseArgs } from 'node:util';
import { runProgram } from '../dev/service/resource-stack.mjs';
import { boardsAgainst } from './boards/against.mjs';
import { completion } from './boards/completion.mjs';
import { hugeBoard } from './boards/huge-board.mjs';
import { onePage } from './boards/one-page.mjs';
import { polling } from './boards/polling.mjs';
import { thirtyPages } from './boards/thirty-pages.mjs';
import { twoWorkers } from './boards/two-workers.mjs';
import { clientDownload } from './client/download.mjs';
import { downloads } from './client/downloads.mjs';
import { dataFormats } from './data/formats.mjs';
import { dataLibraries } from './data/libraries.mjs';
import { dataMemory } from './data/memory.mjs';
import { mixedLoad } from './data/mixed-load.mjs';
import { dataParts } from './data/parts.mjs';
import { peers } from './data/peers.mjs';
import { platformCost } from './data/platform-cost.mjs';
import { dataPolling } from './data/polling.mjs';
import { dataWorkers } from './data/workers.mjs';
import { startUp } from './service/start-up.mjs';
import { BenchEnvironment } from './support/environment.mjs';
import { circumstances, markdownOf } from './support/report.mjs';

/** @type {import('./support/environment.mjs').Bench[]} */
const all = [
  thirtyPages,
  hugeBoard,
  onePage,
  boardsAgainst,
  polling,
  completion,
  twoWorkers,
  dataFormats,
  dataMemory,
  dataLibraries,
  dataPolling,
  dataWorkers,
  dataParts,
  peers,
  mixedLoad,
  platformCost,
  startUp,
  clientDownload,
  downloads,
];

await runProgram(async (resources) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { scale: { type: 'string', default: '1' }, against: { type: 'string' } },
  });
  const scale = Number(values.scale);
  if (!(scale > 0 && scale <= 1)) throw new Error('--scale is a number above 0 and up to 1');
  const chosen = chosenBenches(positionals);
  const environment = await BenchEnvironment.open(resources, { scale, against: values.against ?? null });
  const rows = [];
  for (const { name, measure } of chosen) {
    console.error(`Measuring ${name} …`);
    rows.push(...(await measure(environment)));
  }
  const scaled = scale === 1 ? '' : `\nAll sizes at a scale of ${scale}: these figures mean nothing.`;
  console.log(`\n${markdownOf(rows)}\n\n${await circumstances()}${scaled}`);
  // A goal that is missed is a finding, not an error.
  return 0;
});

/** @param {string[]} names */
function chosenBenches(names) {
  const known = all.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) throw new Error(`There is no bench ${unknown}; there are ${known.join(', ')}.`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}
