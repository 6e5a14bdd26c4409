import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { seriousViolations } from '../support/accessibility';
import { describeInBrowser } from '../support/browser';
import { type ConsoleTraits, horizontalOverflow, PHONE, screenshot, useConsole } from '../support/console';
import { addSlowView, addTableType } from '../support/data';
import { FaultyProxy } from '../support/faulty-proxy';
import { Installation } from '../support/installation';
import { signedToken } from '../support/tokens';

const ANN = '00000000-0000-4000-8000-00000000000a';
const BOB = '00000000-0000-4000-8000-00000000000b';
const ROOT = '00000000-0000-4000-8000-00000000000f';
const MAX_ROWS = 4_000;

describeInBrowser('The page "New export"', () => {
  const browser = useConsole();
  let proxy: FaultyProxy;
  let installation: Installation;

  beforeAll(async () => {
    proxy = await FaultyProxy.before('http://127.0.0.1:1');
    installation = await Installation.create({
      PUBLIC_URL: proxy.url,
      MAX_ESTIMATED_ROWS: String(MAX_ROWS),
      // On a busy machine, too, estimates are counts.
      ESTIMATE_TIMEOUT_MS: '10000',
    });
    await installation.sql(`CREATE TABLE fees (
      id int PRIMARY KEY, user_id uuid, amount numeric, description text, is_refund boolean, created_at timestamptz)`);
    await installation.sql(`INSERT INTO fees SELECT n, '${ANN}', n, CASE WHEN n % 2 = 0 THEN 'رسوم الدورة' END, n % 3 = 0,
      '2026-01-01T00:00:00Z'::timestamptz + n * interval '6 hours' FROM generate_series(1, 200) n`);
    await installation.sql('CREATE TABLE visits AS SELECT n AS id FROM generate_series(1, $1::int) n', MAX_ROWS + 1);
    await installation.sql('ANALYZE fees, visits');
    await addTableType(installation, 'fees');
    await addTableType(installation, 'visits', { owner: null });
    proxy.leadTo((await installation.startApplication()).url);
  });

  afterAll(async () => {
    await proxy.close();
    await installation.remove();
  });

  afterEach(async () => {
    proxy.recover();
    await installation.sql('DELETE FROM exports');
  });

  const openAsAdmin = async (route = '/new', traits: ConsoleTraits = {}): Promise<Page> =>
    browser.open(proxy, route, { token: await signedToken(ROOT, { roles: ['admin'] }), ...traits });
  const openAsUser = async (user: string, route = '/new'): Promise<Page> =>
    browser.open(proxy, route, { token: await signedToken(user) });
  const rows = (page: Page, text: string): Promise<void> =>
    page.locator('.figures div', { hasText: 'Rows' }).getByText(text, { exact: true }).waitFor();
  const exportsOf = (): Promise<{ status: string; format: string; filters: unknown; rows: number }[]> =>
    installation.sql('SELECT status, format, filters, record_count::int AS rows FROM exports');

  async function filterJanuary(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByLabel('Condition').selectOption('in a month …');
    await page.getByLabel('Month').selectOption('January');
    await page.getByLabel('Year').fill('2026');
    await page.getByRole('button', { name: 'Done' }).click();
  }

  it('exports the rows of January over 100 as a workbook, once, while the estimate follows', async () => {
    const page = await openAsAdmin();
    await page.getByLabel('Search tables').fill('fee');
    await page.getByRole('checkbox', { name: 'fees' }).check();
    await rows(page, '200');

    await filterJanuary(page);
    await rows(page, '123');
    await page.getByText('created_at: January 2026').waitFor();
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByLabel('Value').fill('100');
    await rows(page, '23');
    const sample = page.getByRole('region', { name: 'First rows of fees' });
    await sample.getByText('no value').first().waitFor();
    expect(await sample.getByText('رسوم الدورة').first().getAttribute('dir')).toBe('auto');
    await screenshot(page, 'new-export');

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as Excel workbook' }).dblclick();
    expect((await readFile(await (await download).path(), 'latin1')).slice(0, 2)).toBe('PK');
    await page.getByText('The file is in your downloads.').first().waitFor();
    expect(await exportsOf()).toEqual([
      {
        status: 'completed',
        format: 'xlsx',
        filters: { fees: { amount: { gt: '100' }, created_at: { gte: '2026-01-01', lt: '2026-02-01' } } },
        rows: 23,
      },
    ]);
  });

  it('offers users all of their own data, and says where there is none', async () => {
    const page = await openAsUser(BOB);

    await page.getByText('No row matches.').waitFor();
    expect(await page.getByRole('radio', { name: 'Everything' }).isChecked()).toBe(true);
    expect(await page.getByText('visits').count()).toBe(0);
    await page.getByRole('radio', { name: 'Only some of it' }).check();
    await page.getByText('Choose what to export, and see here').waitFor();
    expect(await page.getByRole('button', { name: 'Export as' }).isDisabled()).toBe(true);
  });

  it('exports the chosen columns in the chosen order, and keeps the form over a reload', async () => {
    const page = await openAsUser(ANN, '/new?data_types=fees&format=csv');
    await page.getByRole('button', { name: 'Choose columns' }).click();
    await page.getByRole('checkbox', { name: 'user_id' }).uncheck();
    await page.getByRole('button', { name: 'Move amount up' }).click();
    await page.getByRole('button', { name: 'Move amount up' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('5 of 6 columns').waitFor();
    await page.reload();
    await page.getByText('5 of 6 columns').waitFor();

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as CSV' }).click();

    const [header] = (await readFile(await (await download).path(), 'utf8')).split(/\r?\n/);
    expect(header).toBe('amount,id,description,is_refund,created_at');
  });

  it('says at the filter what is wrong with it', async () => {
    const page = await openAsAdmin('/new?tables=fees');
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByLabel('Column', { exact: true }).selectOption('user_id');
    await page.getByLabel('Value').fill('not an id');

    await page.getByText('The value does not fit this column.').waitFor();
    await page.getByText('Correct the marked values.').waitFor();
    await page.getByLabel('Value').fill(ANN);
    await rows(page, '200');
    expect(await page.getByText('The value does not fit this column.').count()).toBe(0);
  });

  it('says that there is too much for one export, and what to do', async () => {
    const page = await openAsAdmin('/new?tables=visits');

    await page.getByText('This is too much for one export. Filter the rows, or choose fewer tables.').waitFor();
    await rows(page, '4,001');
  });

  it('waits while there are too many requests, and goes on by itself', async () => {
    proxy.decide = ({ url }) => (url.pathname.endsWith('/estimate') ? 429 : 'pass');
    const page = await openAsAdmin('/new?tables=fees');

    await page.getByText('Too many requests at the moment.').waitFor();
    proxy.recover();
    await rows(page, '200');
  });

  it('creates one export although the answer is lost, and continues it after a reload', async () => {
    await addSlowView(installation, 'slow_fees', { owner: ANN, rows: 2_000, during: 'copy' });
    const page = await openAsUser(ANN, '/new?data_types=slow_fees&format=csv');
    let isBroken = true;
    proxy.decide = ({ method, url }) =>
      isBroken && method === 'POST' && url.pathname.endsWith('/exports') ? 'lose-answer' : 'pass';

    await page.getByRole('button', { name: 'Export as CSV' }).click();
    await page.getByText('The export service cannot be reached').first().waitFor();
    isBroken = false;
    await page.reload();
    await page.locator('[role=progressbar][aria-valuenow]').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The export is cancelled.').first().waitFor();

    expect(await exportsOf()).toMatchObject([{ status: 'cancelled' }]);
  });

  it('is usable by keyboard, with a screen reader, and on a narrow screen', async () => {
    const page = await openAsAdmin('/new?tables=fees', PHONE);
    await rows(page, '200');
    await page.getByRole('button', { name: 'Add filter' }).press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toContain('Done');
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').textContent()).toContain('created_at: last month');
    await page.getByText('More options').click();
    // Old figures are dimmed while others are on their way.
    await page.getByText('No row matches.').waitFor();

    expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0);
    expect(await seriousViolations(page)).toEqual([]);
  });
});
