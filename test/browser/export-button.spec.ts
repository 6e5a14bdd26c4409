import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Download, Locator, Page } from 'playwright-core';
import { findViolations } from '../support/accessibility';
import type { Application } from '../support/application';
import { noteBoard } from '../support/boards';
import { describeInBrowser, launchBrowser } from '../support/browser';
import { addSlowView, addTableType } from '../support/data';
import { insertEvent, insertParticipant } from '../support/events';
import { ExamplePages } from '../support/example-pages';
import { FaultyProxy } from '../support/faulty-proxy';
import { Installation } from '../support/installation';
import { scaled } from '../support/machine';
import { signedToken } from '../support/tokens';

const ANN = '00000000-0000-4000-8000-00000000000a';
const EVE = '00000000-0000-4000-8000-00000000000e';
/** At 1 ms a row. */
const SLOW_ROWS = 4_000;

describeInBrowser('<export-button> in a page of another origin', () => {
  let proxy: FaultyProxy;
  let installation: Installation;
  let service: Application;
  let examples: ExamplePages | undefined;
  let browser: Browser | undefined;
  let context: BrowserContext;

  beforeAll(async () => {
    // In front of the service, so that it has the same address after a restart.
    proxy = await FaultyProxy.before('http://127.0.0.1:1');
    installation = await Installation.create({ PUBLIC_URL: proxy.url, RATE_LIMIT_EXPORTS: '2/10s' });
    await startService();
    const ann = await installation.asUser(ANN);
    const board = await ann.saveBoard(noteBoard(), 'Lesson');
    await installation.sql('CREATE TABLE button_rows (id int, user_id uuid, created_at timestamptz DEFAULT now())');
    await installation.sql(`INSERT INTO button_rows SELECT n, '${ANN}' FROM generate_series(1, 10) n`);
    await addTableType(installation, 'button_rows');
    const event = await insertEvent(installation.sql.bind(installation), { organizer: ANN });
    await insertParticipant(installation.sql.bind(installation), event, { name: 'Bob', result: { score: 1 } });
    const subjects = { BOARD: board, DATA_TYPE: 'button_rows', EVENT: event.id };
    examples = await ExamplePages.serve({ API: proxy.url, TOKEN: await signedToken(ANN), ...subjects });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    examples?.close();
    await proxy.close();
    await installation.remove();
  });

  beforeEach(async () => {
    context = await browser!.newContext({ reducedMotion: 'reduce' });
    context.setDefaultTimeout(scaled(20_000));
  });

  afterEach(async () => {
    proxy.recover();
    await context.close();
    await installation.sql('DELETE FROM exports');
  });

  async function startService(): Promise<void> {
    service = await installation.startApplication();
    proxy.leadTo(service.url);
  }

  async function open(path = '/html/'): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${examples!.url}${path}`);
    return page;
  }

  /** The page gets these tokens one after the other, the last one again and again. */
  async function giveTokens(...tokens: string[]): Promise<void> {
    await context.route('**/token', (route) =>
      route.fulfill({ body: tokens.length > 1 ? tokens.shift()! : tokens[0]! }),
    );
  }

  async function choose(button: Locator, format: string): Promise<void> {
    await button.locator('.main').click();
    await button.getByRole('menuitem', { name: format }).click();
  }

  /** Has the button export rows that take a while. */
  async function exportSlowly(page: Page, user = ANN): Promise<Locator> {
    const button = page.locator('#rows');
    const view = `slow_${Date.now()}`;
    await addSlowView(installation, view, { owner: user, rows: SLOW_ROWS, during: 'copy' });
    await exportInstead(button, view);
    await choose(button, 'CSV table');
    return button;
  }

  /** Has the button export another data type, without filters. */
  async function exportInstead(button: Locator, dataType: string): Promise<void> {
    await assign(button, { filters: null, dataTypes: dataType });
  }

  /** Sets properties of a button, as a script of the page does. */
  const assign = (button: Locator, properties: object): Promise<void> =>
    button.evaluate((element: object, given) => {
      Object.assign(element, given);
    }, properties);
  const contentOf = async (download: Download): Promise<string> => readFile(await download.path(), 'latin1');
  const countExports = async (): Promise<number> => (await installation.sql('SELECT id FROM exports')).length;

  describe('in plain HTML', () => {
    it('downloads a board and rows', async () => {
      const page = await open();
      const board = page.waitForEvent('download');
      await choose(page.locator('#board'), 'PDF document');
      expect((await board).suggestedFilename()).toBe('Lesson.pdf');
      expect(await contentOf(await board)).toMatch(/^%PDF-/);

      await page.locator('#board').getByRole('button', { name: 'Close' }).click();
      const rows = page.waitForEvent('download');
      await choose(page.locator('#rows'), 'CSV table');
      expect((await contentOf(await rows)).trim().split('\n')).toHaveLength(11);
    });

    it('explains a one-time file before it downloads it', async () => {
      const page = await open();
      const button = page.locator('#results');
      const downloads: Download[] = [];
      page.on('download', (download) => downloads.push(download));

      await choose(button, 'CSV table');
      await button.getByText('It can be downloaded once').first().waitFor();
      expect(downloads).toEqual([]);
      const download = page.waitForEvent('download');
      await button.getByRole('button', { name: 'Download' }).click();
      await button.getByText('The download has begun').first().waitFor();

      expect(await contentOf(await download)).toContain('Bob');
    });
  });

  it.each(['vue', 'react'])('downloads a board in the example for %s', async (framework) => {
    const page = await open(`/${framework}/`);
    const button = page.locator('export-button');
    const download = page.waitForEvent('download');

    await button.locator('.main').click();
    await button.getByRole('menuitem').first().click();

    expect((await download).suggestedFilename()).toBe('Lesson.png');
    if (framework === 'react') await page.getByText('Exported: Lesson.png').waitFor();
  });

  it('shows the progress, and goes on with the same export after the page was loaded again', async () => {
    const page = await open();
    const button = await exportSlowly(page);
    await button.getByText(`of ${SLOW_ROWS.toLocaleString('en')} rows`).waitFor();

    const download = page.waitForEvent('download');
    const dataType = await button.evaluate((element: { dataTypes?: string }) => element.dataTypes ?? '');
    await page.reload();
    await exportInstead(button, dataType);
    await download;

    expect(await countExports()).toBe(1);
  });

  it('cancels the export', async () => {
    const page = await open();
    const button = await exportSlowly(page);
    await button.locator('[aria-valuenow]').waitFor();

    await button.getByRole('button', { name: 'Cancel' }).click();
    await button.getByText('The export is cancelled.').first().waitFor();

    expect(await installation.sql('SELECT status FROM exports')).toEqual([{ status: 'cancelled' }]);
  });

  describe('when something goes wrong', () => {
    it('says so while the service restarts, and goes on by itself', async () => {
      const page = await open();
      const button = await exportSlowly(page);
      await button.locator('[aria-valuenow]').waitFor();
      const download = page.waitForEvent('download');

      await service.close();
      await button.getByText('The export service cannot be reached').first().waitFor();
      await startService();
      await download;

      expect(await countExports()).toBe(1);
    });

    it('says so after a connection was cut, and creates the export once', async () => {
      const page = await open();
      const button = page.locator('#board');
      let isBroken = true;
      // The service creates the export, and its answer is lost.
      proxy.decide = ({ method, url }) =>
        isBroken && method === 'POST' && url.pathname.endsWith('/export') ? 'lose-answer' : 'pass';
      const download = page.waitForEvent('download');

      await choose(button, 'PNG picture');
      await button.getByText('The export service cannot be reached').first().waitFor();
      isBroken = false;
      await download;

      expect(await countExports()).toBe(1);
    });

    it('says that the network is away, and goes on as soon as it is back', async () => {
      const page = await open();
      const button = page.locator('#board');
      await button.locator('.main').click();
      await context.setOffline(true);

      await button.getByRole('menuitem', { name: 'PNG picture' }).click();
      await button.getByText('You are offline').first().waitFor();
      const download = page.waitForEvent('download');
      await context.setOffline(false);

      expect((await download).suggestedFilename()).toBe('Lesson.png');
    });

    it('gets a new token for an expired one, without a word', async () => {
      await giveTokens(await signedToken(ANN, { expires: '-1h' }), await signedToken(ANN));
      const page = await open();
      const download = page.waitForEvent('download');

      await choose(page.locator('#board'), 'PNG picture');

      expect((await download).suggestedFilename()).toBe('Lesson.png');
    });

    it('asks to sign in again for a wrong token, and goes on when the page has another one', async () => {
      await giveTokens(await signedToken(ANN, { secret: 'another secret that the service does not know' }));
      const page = await open();
      const button = page.locator('#board');
      await choose(button, 'PNG picture');
      await button.getByText('The service does not accept your sign-in').first().waitFor();

      const download = page.waitForEvent('download');
      await assign(button, { token: await signedToken(ANN) });

      expect((await download).suggestedFilename()).toBe('Lesson.png');
    });

    it('waits as long as the rate limit says', async () => {
      const eve = await installation.asUser(EVE, { at: service });
      await giveTokens(await signedToken(EVE));
      const page = await open();
      const button = page.locator('#rows');
      await button.locator('.main').click();
      const body = { type: 'partial', format: 'csv', data_types: ['button_rows'] };
      const answers = [await eve.post('/api/v1/exports', body), await eve.post('/api/v1/exports', body)];
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      const download = page.waitForEvent('download');

      await button.getByRole('menuitem', { name: 'CSV table' }).click();
      await button.getByText(/^Next attempt in \d+ seconds?\.$/).waitFor();
      await button.getByText('Too many requests at the moment').first().waitFor();

      await download;
    });

    it('says why an export failed', async () => {
      await installation.sql(
        `CREATE VIEW broken AS SELECT 1 AS id, '${ANN}'::uuid AS user_id, 1 / (random() * 0)::int AS part`,
      );
      await addTableType(installation, 'broken');
      const page = await open();
      const button = page.locator('#rows');
      await exportInstead(button, 'broken');

      await choose(button, 'CSV table');
      await button.getByText('The export failed.').first().waitFor();

      expect(await button.getByRole('button', { name: 'Try again' }).count()).toBe(1);
    });
  });

  describe('for everybody', () => {
    it('is used by the keyboard alone', async () => {
      const page = await open();
      const button = page.locator('#board');
      const focused = () => page.evaluate<string>('document.activeElement.shadowRoot.activeElement.textContent.trim()');
      await button.locator('.main').focus();

      await page.keyboard.press('ArrowDown');
      await expectText(focused, /^png/);
      await page.keyboard.press('ArrowUp');
      await expectText(focused, /^json/);
      await page.keyboard.press('Home');
      await expectText(focused, /^png/);
      await page.keyboard.press('Escape');
      await expectText(focused, /^Export$/);
      expect(await button.locator('.main').getAttribute('aria-expanded')).toBe('false');

      const download = page.waitForEvent('download');
      await page.keyboard.press('Enter');
      await expectText(focused, /^png/);
      await page.keyboard.press('Enter');
      await download;
    });

    it('has no serious violation of accessibility rules in a light and in a dark page', async () => {
      const page = await open();
      const button = page.locator('#results');
      const violations = async (): Promise<string[]> => {
        await setColorScheme(page, 'light');
        const inLight = await findViolations(page, { within: 'export-button' });
        await setColorScheme(page, 'dark');
        return [...inLight, ...(await findViolations(page, { within: 'export-button', onlyColors: true }))];
      };
      await button.locator('.main').click();
      const inMenu = await violations();

      await button.getByRole('menuitem', { name: 'CSV table' }).click();
      await button.getByText('It can be downloaded once').first().waitFor();

      expect([...inMenu, ...(await violations())]).toEqual([]);
    });

    it('speaks the language of the page, or its own, and fits a narrow screen', async () => {
      const page = await open();
      await page.setViewportSize({ width: 360, height: 640 });
      await page.evaluate(`document.documentElement.lang = 'uk'; document.querySelector('#rows').lang = 'ru'`);

      await page.locator('#rows .main').click();
      await page.locator('#rows').getByRole('menuitem', { name: 'Таблица CSV' }).waitFor();
      await page.locator('#board .main').click();
      const panel = page.locator('#board .panel');
      await panel.getByRole('menuitem', { name: 'Документ PDF' }).waitFor();

      const { x, width } = (await panel.boundingBox())!;
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(360);
    });
  });
});

async function expectText(read: () => Promise<string>, pattern: RegExp): Promise<void> {
  expect(await read()).toMatch(pattern);
}

/** As a page does that lets its readers choose. */
async function setColorScheme(page: Page, scheme: 'light' | 'dark'): Promise<void> {
  await page.evaluate(`document.documentElement.style.colorScheme = '${scheme}'`);
}
