import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { noteBoard } from '../support/boards';
import { describeInBrowser, launchBrowser } from '../support/browser';
import type { Client } from '../support/client';
import { FaultyProxy } from '../support/faulty-proxy';
import { Installation } from '../support/installation';
import { ExamplePages } from '../support/example-pages';
import { signedToken } from '../support/tokens';

const USER = '00000000-0000-4000-8000-00000000000a';

describeInBrowser('<export-button> in a page of another origin', () => {
  let proxy: FaultyProxy;
  let installation: Installation;
  let pages: ExamplePages | undefined;
  let browser: Browser | undefined;
  let context: BrowserContext;
  let ann: Client;

  beforeAll(async () => {
    proxy = await FaultyProxy.before('http://127.0.0.1:1');
    installation = await Installation.create({ PUBLIC_URL: proxy.url });
    const service = await installation.start();
    proxy.leadTo(service.url);
    ann = await installation.asUser(USER);
    const board = await ann.saveBoard(noteBoard(), 'Lesson');
    pages = await ExamplePages.serve({ API: proxy.url, TOKEN: await signedToken(USER), BOARD: board });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    pages?.close();
    await proxy.close();
    await installation.remove();
  });

  beforeEach(async () => {
    context = await browser!.newContext();
    context.setDefaultTimeout(30_000);
  });

  afterEach(async () => {
    proxy.recover();
    await context.close();
  });

  async function open(path: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${pages!.url}${path}`);
    return page;
  }

  it('downloads a board as the chosen format', async () => {
    const page = await open('/html/');
    const download = page.waitForEvent('download');

    await page.locator('#board .main').click();
    await page.locator('#board').getByRole('menuitem', { name: 'PDF document' }).click();

    const file = await download;
    expect(file.suggestedFilename()).toBe('Lesson.pdf');
    expect((await readFile(await file.path())).subarray(0, 5).toString()).toBe('%PDF-');
  });
});
