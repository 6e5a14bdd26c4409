// @ts-check
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../../dev/process.mjs';
import { exampleBoard } from '../../dev/service/example-boards.mjs';
import { drawInChromium, findChromium } from '../support/chromium.mjs';
import { timedExport } from '../support/environment.mjs';
import { ms } from '../support/report.mjs';
import { median, repeat } from '../support/statistics.mjs';

const boardName = '02-handwriting';
const options = { page: 1, pixel_ratio: 2 };
const times = 7;
const goalRatio = 10;
const goalOfWarm = 6;

/** @type {import('../support/environment.mjs').Bench} */
export const onePage = {
  name: 'one-page',
  async measure(environment) {
    const service = await environment.startService();
    const client = environment.clientOf(service);
    const { id } = await client.createSession('one page', exampleBoard(boardName));
    const exported = await repeat(environment.rounds(times), () =>
      timedExport(client, id, 'png', { options, pauseMs: 5 }),
    );
    await service.stop();
    const { drawMs, size } = await drawAlone(environment.rounds(times));

    const rows = [
      {
        what: `one page of handwriting to PNG at pixel ratio 2, from POST to \`completed\` (median of ${times})`,
        seen: ms(median(exported.map(({ wallMs }) => wallMs))),
      },
      { what: 'the same page, the painter alone', seen: ms(drawMs) },
    ];
    const chromium = findChromium();
    if (!chromium)
      return [...rows, { what: 'the same page in headless Chromium', seen: 'not measured: no Chromium here' }];
    const browser = await drawInChromium(chromium, { ...size, state: exampleBoard(boardName) });
    const ratio = (browser.pageMs - browser.emptyMs) / drawMs;
    return [
      ...rows,
      {
        what: `the same strokes in headless Chromium, from start to screenshot (an empty page: ${ms(browser.emptyMs)})`,
        seen: ms(browser.pageMs),
      },
      {
        what: 'painter against Chromium: its start-up included, its start-up taken off',
        seen: `${(browser.pageMs / drawMs).toFixed(1)} ×, ${ratio.toFixed(1)} × faster`,
        goal: `≥ ${goalRatio} ×, start-up included`,
        met: browser.pageMs / drawMs >= goalRatio,
      },
      {
        what: `painter against a page in a Chromium that runs already (${ms(browser.warmMs)})`,
        seen: `${(browser.warmMs / drawMs).toFixed(1)} × faster`,
        goal: `≥ ${goalOfWarm} ×`,
        met: browser.warmMs / drawMs >= goalOfWarm,
      },
    ];
  },
};

/** The drawing without HTTP, queue, database and storage. */
async function drawAlone(/** @type {number} */ rounds) {
  const load = createRequire(import.meta.url);
  const { BoardPainter } = load(join(projectRoot, 'dist/solo/infrastructure/drawing/board-painter.js'));
  const painter = new BoardPainter({ threads: 1, assets: { load: () => Promise.reject(new Error('no assets here')) } });
  const state = String(exampleBoard(boardName));
  const board = { account: 'bench', purpose: 'export', readState: () => Promise.resolve(Buffer.from(state)) };
  const picture = {
    format: 'png',
    page: options.page,
    scale: { pixelRatio: options.pixel_ratio },
    background: 'white',
  };
  const runs = await repeat(rounds, async () => {
    const startedAt = performance.now();
    const drawing = await painter.open(board, picture, new AbortController().signal);
    let png = Buffer.alloc(0);
    for await (const page of drawing.pngPages()) png = Buffer.from(page);
    return { drawMs: performance.now() - startedAt, png };
  });
  await painter.onApplicationShutdown();
  const header = runs[0]?.png ?? Buffer.alloc(24);
  const size = {
    width: header.readUInt32BE(16) / options.pixel_ratio,
    height: header.readUInt32BE(20) / options.pixel_ratio,
  };
  return { drawMs: median(runs.map((run) => run.drawMs)), size };
}
