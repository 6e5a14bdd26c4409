// @ts-check
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { findChromium } from '../../bench/support/chromium.mjs';
import { projectRoot } from '../process.mjs';
import { administrator, seedPlatform } from '../seed/platform.mjs';
import { ApiClient, consoleLinkFor, tokenFor } from '../service/client.mjs';
import { exampleBoard } from '../service/example-boards.mjs';
import { freePort } from '../service/ports.mjs';
import { runProgram } from '../service/resource-stack.mjs';
import { migrate, startService } from '../service/service.mjs';
import { removeAbandoned, startStack } from '../stack.mjs';

const MAX_FIRST_PAGE_KB = 150;
const MAX_BUTTON_KB = 30;
const SAMPLE_ROWS = 2_000;
const web = join(projectRoot, 'dist/web');
const stacks = join(projectRoot, '.stack');

const PAGES = [
  '/exports',
  '/new',
  '/boards',
  '/events',
  '/schedules',
  '/verify',
  '/schedules/new',
  '/administration',
  '/administration/catalog',
  '/administration/schedules',
  '/administration/audit-log',
];
const SCHEMES = /** @type {const} */ (['light', 'dark']);

await runProgram(async (resources) => {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('There is no Chromium: install the Debian package, or name one in CHROMIUM.');
  const { url, link } = await startSample(resources);
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'];
  const browser = await resources.start(
    () => chromium.launch({ executablePath, args }),
    (started) => started.close(),
  );
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  const files = await filesOfFirstPage(page, url, link);
  const sizes = [
    {
      what: 'first page of the console',
      kb: sum(files.map((file) => gzipKb(join('console', file)))),
      max: MAX_FIRST_PAGE_KB,
    },
    { what: 'button.js', kb: gzipKb('button.js'), max: MAX_BUTTON_KB },
  ];
  console.log('\nSize, compressed by gzip');
  for (const { what, kb, max } of sizes) console.log(`${what.padEnd(28)} ${kb.toFixed(1).padStart(6)} kB of ${max}`);

  console.log('\nSerious and critical violations found by axe-core');
  let violations = 0;
  for (const path of PAGES) {
    await page.goto(`${url}/console/#${path}`);
    await isLoaded(page);
    const found = await violationsOf(page);
    violations += found.length;
    console.log(`${path.padEnd(28)} ${found.length === 0 ? 'none' : found.join('\n')}`);
  }
  return violations > 0 || sizes.some(({ kb, max }) => kb > max) ? 1 : 0;
});

/**
 * A service with sample data, and a link that opens its console for an administrator.
 * @param {import('../service/resource-stack.mjs').ResourceStack} resources
 */
async function startSample(resources) {
  removeAbandoned(stacks, 'web-');
  const directory = join(stacks, `web-${process.pid}`);
  mkdirSync(directory, { recursive: true });
  const { databaseUrl } = await resources.start(
    () => startStack({ directory, persistent: false }),
    (started) => started.stop(),
  );
  await migrate(databaseUrl);
  await seedPlatform(databaseUrl, { rows: SAMPLE_ROWS });
  const port = await freePort();
  const service = await resources.start(
    () => startService({ port, databaseUrl, storage: join(directory, 'storage') }),
    (started) => started.stop(),
  );
  const client = ApiClient.ofPerson(service.url, await tokenFor(administrator, '--role', 'admin'));
  await client.createSession('Lesson', exampleBoard('02-handwriting'));
  return { url: service.url, link: await consoleLinkFor(service.url, administrator, '--role', 'admin') };
}

/**
 * The files of the console that a browser loads until its first page is there.
 * @param {import('playwright-core').Page} page
 * @param {string} url
 * @param {string} link
 */
async function filesOfFirstPage(page, url, link) {
  const base = `${url}/console/`;
  /** @type {Set<string>} */
  const files = new Set();
  page.on('response', (response) => {
    const [path = ''] = response.url().split('#');
    if (path.startsWith(base) && !path.endsWith('.json')) files.add(path.slice(base.length) || 'index.html');
  });
  await page.goto(link);
  await isLoaded(page);
  return [...files];
}

/** @param {import('playwright-core').Page} page */
async function isLoaded(page) {
  await page.locator('main h1').first().waitFor();
  await page.waitForFunction(() => !(/** @type {any} */ (globalThis).document.querySelector('.skeleton')));
}

/** @param {import('playwright-core').Page} page */
async function violationsOf(page) {
  const found = [];
  await page.evaluate(axe.source);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
    for (const { id, impact, nodes } of violations) {
      const isSerious = impact === 'serious' || impact === 'critical';
      if (isSerious) found.push(`${colorScheme}, ${id}: ${nodes.map((/** @type {any} */ { html }) => html).join(' ')}`);
    }
  }
  return found;
}

/** @param {string} file below dist/web */
function gzipKb(file) {
  return readFileSync(join(web, `${file}.gz`)).length / 1000;
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
