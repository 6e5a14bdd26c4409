// @ts-check
// A page of a board drawn the way the front end does it, by a browser without a window.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { capture, projectRoot } from '../../dev/process.mjs';
import { median, repeat } from './statistics.mjs';

const times = 5;
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium-headless-shell',
];

/** CHROMIUM names another one. */
export const findChromium = () => process.env['CHROMIUM'] || places.find((place) => existsSync(place));

/**
 * @param {string} program
 * @param {{ state: string, width: number, height: number }} page
 * @returns {Promise<{ pageMs: number, emptyMs: number, warmMs: number }>} from start to screenshot, of the page and of an empty one;
 *   and of the page in a browser that runs already
 */
export async function drawInChromium(program, { state, width, height }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-chromium-'));
  try {
    const pages = { page: pageOf(state, width, height), empty: '<!doctype html><title>empty</title>' };
    const durations = [];
    for (const [name, html] of Object.entries(pages)) {
      const file = join(folder, `${name}.html`);
      writeFileSync(file, html);
      durations.push(median(await repeat(times, () => screenshot(program, { file, folder, width, height }))));
    }
    const [pageMs = 0, emptyMs = 0] = durations;
    const file = join(folder, 'page.html');
    return { pageMs, emptyMs, warmMs: await drawInWarmBrowser(program, { file, width, height }) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} executablePath
 * @param {{ file: string, width: number, height: number }} what
 */
async function drawInWarmBrowser(executablePath, { file, width, height }) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 2 });
    const runs = await repeat(times, async () => {
      const startedAt = performance.now();
      await page.goto(`file://${file}`);
      await page.screenshot({ type: 'png' });
      return performance.now() - startedAt;
    });
    return median(runs);
  } finally {
    await browser.close();
  }
}

/**
 * @param {string} program
 * @param {{ file: string, folder: string, width: number, height: number }} what
 */
async function screenshot(program, { file, folder, width, height }) {
  const picture = join(folder, 'picture.png');
  rmSync(picture, { force: true });
  const startedAt = performance.now();
  const { code, output } = await capture(program, [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--hide-scrollbars',
    '--force-device-scale-factor=2',
    `--user-data-dir=${join(folder, 'profile')}`,
    `--window-size=${width},${height}`,
    `--screenshot=${picture}`,
    `file://${file}`,
  ]);
  const milliseconds = performance.now() - startedAt;
  if (code !== 0 || !existsSync(picture) || statSync(picture).size === 0)
    throw new Error(`Chromium failed:\n${output}`);
  return milliseconds;
}

/** @param {string} state @param {number} width @param {number} height */
function pageOf(state, width, height) {
  const freehand = readFileSync(join(projectRoot, 'node_modules/perfect-freehand/dist/esm/index.mjs'), 'utf8');
  const encoded = Buffer.from(freehand).toString('base64');
  return `<!doctype html><style>body{margin:0}</style>
<canvas width="${width * 2}" height="${height * 2}" style="width:${width}px;height:${height}px"></canvas>
<script type="application/json">${state.replaceAll('<', '\\u003c')}</script>
<script type="module">
import { getStroke } from 'data:text/javascript;base64,${encoded}';
const context = document.querySelector('canvas').getContext('2d');
context.scale(2, 2);
context.fillStyle = 'white';
context.fillRect(0, 0, ${width}, ${height});
for (const stroke of JSON.parse(document.querySelector('script').textContent).pages[0].strokes) {
  const points = stroke.points.map(({ x, y, pressure }) => [x, y, pressure ?? 0.5]);
  const outline = getStroke(points, { size: stroke.size, thinning: 0.5, smoothing: 0.5, streamline: 0.5 });
  context.fillStyle = stroke.color;
  context.globalAlpha = stroke.opacity ?? 1;
  context.beginPath();
  outline.forEach(([x, y], index) => {
    const [nextX, nextY] = outline[(index + 1) % outline.length];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  });
  context.fill();
}
</script>`;
}
