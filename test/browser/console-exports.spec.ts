import { readFile } from 'node:fs/promises';
import type { Download, Locator, Page } from 'playwright-core';
import { seriousViolations } from '../support/accessibility';
import type { Application } from '../support/application';
import { noteBoard } from '../support/boards';
import { describeInBrowser } from '../support/browser';
import type { ExportRecord } from '../support/client';
import { goTo, horizontalOverflow, PHONE, screenshot, useConsole } from '../support/console';
import { addSlowView, addTableType, requestRows } from '../support/data';
import { insertEvent, insertParticipant } from '../support/events';
import { FaultyProxy } from '../support/faulty-proxy';
import { Installation } from '../support/installation';
import { signedToken } from '../support/tokens';

const ANN = '00000000-0000-4000-8000-00000000000a';
const ARABIC = 'درس الرياضيات الكسور والأعداد العشرية للصف السادس';
/** At 1 ms a row. */
const SLOW_ROWS = 3_000;

describeInBrowser('The exports in the console', () => {
  const browser = useConsole();
  let proxy: FaultyProxy;
  let installation: Installation;
  let service: Application;
  let token: string;
  let views = 0;

  beforeAll(async () => {
    // In front of the service, so that it has the same address after a restart.
    proxy = await FaultyProxy.before('http://127.0.0.1:1');
    installation = await Installation.create({ PUBLIC_URL: proxy.url });
    await startService();
    token = await signedToken(ANN, { email: 'ann@example.com' });
    await installation.sql('CREATE TABLE console_rows (id int, user_id uuid, name text)');
    await installation.sql(`INSERT INTO console_rows SELECT n, '${ANN}', 'سارة ' || n FROM generate_series(1, 10) n`);
    await addTableType(installation, 'console_rows');
  });

  afterAll(async () => {
    await proxy.close();
    await installation.remove();
  });

  afterEach(async () => {
    proxy.recover();
    await installation.sql('DELETE FROM exports');
  });

  async function startService(): Promise<void> {
    service = await installation.startApplication();
    proxy.leadTo(service.url);
  }

  const ann = () => installation.asUser(ANN, { at: service });
  const open = (route = '/exports', traits = {}): Promise<Page> => browser.open(proxy, route, { token, ...traits });
  const rowsOf = (page: Page): Locator =>
    page.getByRole('region', { name: 'Exports, newest first' }).getByRole('listitem');
  const rowOf = (page: Page, name: string): Locator => rowsOf(page).filter({ hasText: name });
  const contentOf = async (download: Download): Promise<string> => readFile(await download.path(), 'utf8');

  /** Requests rows that take a while. @returns the id of the export */
  async function exportSlowly(): Promise<string> {
    views += 1;
    const view = `slow_${views}`;
    await addSlowView(installation, view, { owner: ANN, rows: SLOW_ROWS, during: 'copy' });
    return requestRows(await ann(), view);
  }

  async function exportRows(): Promise<string> {
    const client = await ann();
    const id = await requestRows(client, 'console_rows');
    await client.reaches(id, 'completed');
    return id;
  }

  async function chooseInMenu(menu: Locator, page: Page, item: string): Promise<void> {
    await menu.getByRole('button', { name: /^(Actions for|More actions)/ }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  describe('the list', () => {
    it('leads to a new export and to the boards while it is empty', async () => {
      const page = await open();
      await page.getByText('No exports yet').waitFor();

      expect(await seriousViolations(page)).toEqual([]);
      const empty = page.getByRole('main');
      expect(await empty.getByRole('link', { name: 'New export' }).count()).toBe(2);
      expect(await empty.getByRole('link', { name: 'Boards' }).getAttribute('href')).toBe('#/boards');
    });

    it('shows a new export on top, its progress and its end, without a reload', async () => {
      await exportRows();
      const page = await open();
      await rowOf(page, 'console_rows').waitFor();

      await exportSlowly();
      const row = rowsOf(page).first();
      await row.getByText(`of ${SLOW_ROWS.toLocaleString('en')} rows`).waitFor();
      await row.getByText(/rows per second/).waitFor();
      await row.getByText(/ left$/).waitFor();
      await screenshot(page, 'exports');
      await row.getByText('Completed').waitFor();

      expect(await rowsOf(page).count()).toBe(2);
      expect(await row.getByRole('link').textContent()).toMatch(/^slow_/);
    });

    it('downloads a file, exports it again, and deletes it', async () => {
      await exportRows();
      const page = await open();
      const row = rowOf(page, 'console_rows');
      const download = page.waitForEvent('download');
      await row.getByRole('button', { name: /^Download: / }).click();
      expect(await contentOf(await download)).toContain('سارة 10');

      await chooseInMenu(row, page, 'Export again');
      await rowsOf(page).nth(1).waitFor();
      await rowsOf(page).first().getByText('Completed').waitFor();

      await chooseInMenu(rowsOf(page).first(), page, 'Delete the file');
      await page.getByRole('alertdialog').getByRole('button', { name: 'Delete the file' }).click();
      await rowsOf(page).first().getByText('Expired').waitFor();
      expect(await rowsOf(page).nth(1).getByText('Completed').count()).toBe(1);
    });

    it('cancels an export after a question', async () => {
      const id = await exportSlowly();
      const page = await open();
      await page.getByRole('button', { name: /^Cancel the export: / }).click();
      await page.getByRole('button', { name: 'Keep it running' }).click();
      await page.getByRole('button', { name: /^Cancel the export: / }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the export' }).click();

      await rowOf(page, 'Cancelled').waitFor();
      await installation.reaches(id, 'cancelled');
    });

    it('says that a file can be downloaded once, before it downloads it', async () => {
      const sql = installation.sql.bind(installation);
      const event = await insertEvent(sql, { organizer: ANN });
      await insertParticipant(sql, event, { name: 'Bob', result: { score: 1 } });
      await (await ann()).post(`/api/v1/events/${event.id}/results/export`, { format: 'csv' });
      const page = await open();
      await page.getByText('Can be downloaded once').waitFor();

      await page.getByRole('button', { name: /^Download: / }).click();
      await page.getByRole('alertdialog').getByText('It is deleted after that').waitFor();
      const download = page.waitForEvent('download');
      await page.getByRole('alertdialog').getByRole('button', { name: 'Download' }).click();

      expect(await contentOf(await download)).toContain('Bob');
      await page.getByText(/^Downloaded once/).waitFor();
    });

    it('keeps its filters in the address, and loads many exports by pages', async () => {
      await installation.sql(
        `INSERT INTO exports (id, kind, type, format, status, user_id, params, request_id, created_at, updated_at)
         SELECT gen_random_uuid(), kind, type, CASE WHEN n % 2 = 0 THEN 'csv' ELSE 'json' END, 'cancelled', user_id,
                params, request_id, now() - n * interval '1 minute', now()
         FROM exports, generate_series(1, 9999) n WHERE id = $1`,
        await exportRows(),
      );
      const page = await open();
      await page.getByText('50 of 10,000').waitFor();
      await page.getByRole('button', { name: 'Show more' }).click();
      await page.getByText('100 of 10,000').waitFor();

      await page.getByLabel('Format').selectOption({ label: 'JSON' });
      await page.getByText('50 of 5,000').waitFor();
      await page.reload();
      await page.getByText('50 of 5,000').waitFor();

      expect(page.url()).toMatch(/format=json$/);
      expect(await page.getByLabel('Format').inputValue()).toBe('json');
      await page.getByLabel('Status').selectOption({ label: 'Failed' });
      await page.getByText('No export matches the filters').waitFor();
    });
  });

  describe('one export', () => {
    it('has facts, a preview and, for administrators, its audit trail', async () => {
      const id = await exportRows();
      const page = await open(`/exports/${id}`);
      await page.getByRole('cell', { name: 'سارة 10' }).waitFor();
      await page.getByText('This export is not sent to anyone.').waitFor();

      expect(await page.getByRole('heading', { name: 'Audit trail' }).count()).toBe(0);
      expect(await seriousViolations(page)).toEqual([]);
      await screenshot(page, 'export');
      const admin = await signedToken(ANN, { roles: ['admin'] });
      const ofAdmin = await open(`/exports/${id}`, { token: admin });
      await ofAdmin.getByRole('cell', { name: 'Requested' }).waitFor();
    });

    it('shows the first rows of a large Parquet file, and loads only parts of it', async () => {
      const client = await ann();
      await installation.sql(
        `CREATE VIEW console_many AS SELECT n AS id, '${ANN}'::uuid AS user_id, md5(n::text) AS code,
           (CASE WHEN n > 1 THEN 12.50 END)::numeric(8,2) AS price, '2026-11-30'::date + n AS due
         FROM generate_series(1, 250000) n`,
      );
      await addTableType(installation, 'console_many');
      const { body } = await client.post('/api/v1/exports', {
        type: 'partial',
        data_types: ['console_many'],
        format: 'parquet',
      });
      const { id, file_size: size } = await client.finished((body as ExportRecord).id);
      const storage = 'https://storage.example.com';
      const page = await open('/exports', { otherOrigin: storage });
      await rowOf(page, 'console_many').waitFor();
      const parts: { status: number; bytes: number }[] = [];
      page.on('response', (response) => {
        if (!response.url().includes('/download')) return;
        parts.push({ status: response.status(), bytes: Number(response.headers()['content-length']) });
      });

      await goTo(page, `/exports/${id}`);
      await page.getByText('The first 20 rows').waitFor();

      const table = page.getByRole('region', { name: 'Preview' }).last();
      expect(await table.getByRole('columnheader').allTextContents()).toEqual([
        'id integer',
        'user_id uuid',
        'code text',
        'price numeric(8,2)',
        'due date',
      ]);
      const [first, second] = await table.locator('tbody tr').all();
      expect(await first!.getByRole('cell').allTextContents()).toEqual([
        '1',
        ANN,
        'c4ca4238a0b923820dcc509a6f75849b',
        '∅no value',
        '2026-12-01',
      ]);
      expect(await second!.getByRole('cell').nth(3).textContent()).toBe('12.50');
      expect(await seriousViolations(page)).toEqual([]);
      expect(parts.map(({ status }) => status)).toEqual([206, 206]);
      expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(size! * 0.6);

      // What a browser sees of a redirect to a storage that it may not read.
      await page.route(/\/download/, (route) =>
        route.request().headers()['range'] === 'bytes=0-0'
          ? route.fulfill({ status: 302, headers: { Location: `${storage}/` } })
          : route.abort(),
      );
      await page.reload();
      await page.getByText('the bucket needs a CORS rule').waitFor();
      await page.unroute(/\/download/);
      await page.route(/\/download/, (route) => route.fulfill({ status: 200, body: 'the whole file' }));
      await page.reload();
      await page.getByText('does not pass requests for parts of a file').waitFor();
    });

    it('shows the pages of a board with an Arabic name on a narrow screen', async () => {
      const client = await ann();
      const { id } = await client.requestExport(await client.saveBoard(noteBoard(), ARABIC), 'png');
      await client.reaches(id, 'completed');
      const list = await open('/exports', PHONE);
      await list.getByRole('link', { name: ARABIC }).waitFor();
      expect(await horizontalOverflow(list)).toBe(0);

      await list.getByRole('link', { name: ARABIC }).click();
      await list.getByRole('img', { name: 'Page 1' }).waitFor();

      expect(await horizontalOverflow(list)).toBe(0);
      expect(await seriousViolations(list)).toEqual([]);
    });

    it('says in words why it failed, and that an id is wrong', async () => {
      await installation.sql(
        `CREATE VIEW console_broken AS SELECT 1 AS id, '${ANN}'::uuid AS user_id, 1 / (random() * 0)::int AS part`,
      );
      await addTableType(installation, 'console_broken');
      const id = await requestRows(await ann(), 'console_broken');
      const page = await open(`/exports/${id}`);
      await page.getByRole('alert').getByText('The export failed').first().waitFor();
      expect(await page.getByRole('button', { name: 'Export again', exact: true }).count()).toBe(1);

      await page.goto(`${proxy.url}/console/#/exports/${ANN}`);
      await page.getByText('There is no such export').waitFor();
      await page.getByRole('main').getByRole('link', { name: 'All exports' }).first().click();
      await rowOf(page, 'Failed').waitFor();
    });

    it('is used by the keyboard alone', async () => {
      await exportRows();
      const page = await open();
      await page.getByRole('link', { name: /^console_rows/ }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Facts' }).waitFor();

      await page.getByRole('button', { name: 'More actions' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: 'Delete the file' }).waitFor();
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.getByRole('alertdialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    });
  });

  describe('when something goes wrong', () => {
    it('continues by itself after a restart of the service', async () => {
      const page = await open();
      await exportSlowly();
      const row = rowsOf(page).first();
      await row.getByText(/of 3,000 rows/).waitFor();

      await service.close();
      await startService();

      await row.getByText('Completed').waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    });

    it('waits while there are too many requests', async () => {
      await exportRows();
      let isBusy = true;
      proxy.decide = ({ url }) => (isBusy && url.pathname === '/api/v1/exports' ? 429 : 'pass');
      const page = await open();
      await page.getByText('Too many requests at the moment').waitFor();

      isBusy = false;
      await rowOf(page, 'console_rows').waitFor();
      expect(await page.getByText('Too many requests').count()).toBe(0);
    });

    it('continues after the user has signed in again', async () => {
      await exportRows();
      const page = await open();
      await rowOf(page, 'console_rows').waitFor();
      await page.evaluate(
        `sessionStorage.setItem('export-console:token', '${await signedToken(ANN, { expires: '3s' })}')`,
      );
      await page.reload();
      await rowOf(page, 'console_rows').waitFor();

      const dialog = page.getByRole('dialog', { name: 'Sign in again' });
      await dialog.waitFor();
      await dialog.getByLabel('Access token').fill(token);
      await dialog.getByRole('button', { name: 'Sign in' }).click();
      await dialog.waitFor({ state: 'detached' });

      await exportRows();
      await rowsOf(page).nth(1).waitFor();
    });
  });
});
