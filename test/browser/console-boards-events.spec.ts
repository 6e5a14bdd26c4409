import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { seriousViolations } from '../support/accessibility';
import type { Application } from '../support/application';
import { lessonBoard, noteBoard } from '../support/boards';
import { describeInBrowser } from '../support/browser';
import type { Client } from '../support/client';
import { type ConsoleTraits, goTo, horizontalOverflow, PHONE, screenshot, useConsole } from '../support/console';
import { type InsertedEvent, insertEvent, insertParticipant, insertParticipants } from '../support/events';
import { Installation } from '../support/installation';
import { signedToken } from '../support/tokens';

const ARABIC = 'درس الرياضيات: الكسور والأعداد العشرية للصف السادس الابتدائي — الفصل الثاني';

const contentOf = async (download: Download): Promise<string> => readFile(await download.path(), 'latin1');

describeInBrowser('The pages of boards and events', () => {
  const browser = useConsole();
  let installation: Installation;
  let application: Application;

  beforeAll(async () => {
    // Fewer than the boards of the page.
    ({ installation, application } = await Installation.withApplication({ RATE_LIMIT_THUMBNAILS: '4/2s' }));
  });

  afterAll(() => installation.remove());

  const open = async (user: string, route: string, traits: ConsoleTraits = {}): Promise<Page> =>
    browser.open(application, route, { token: await signedToken(user), ...traits });

  describe('The page "Boards"', () => {
    const card = (page: Page, name: string) => page.getByRole('article', { name });
    let ann: Client;

    beforeAll(async () => {
      ann = await installation.asUser('ann');
      for (const name of ['Fractions', 'Geometry', 'Algebra, part 1', 'Algebra, part 2']) {
        await ann.saveBoard(lessonBoard(1), name);
      }
      await ann.saveBoard(noteBoard('الكسور'), ARABIC);
      await ann.saveBoard(lessonBoard(3), 'Three pages');
    });

    it('draws the pictures that are missing, as fast as the rate limit lets it', async () => {
      const page = await open('ann', '/boards');

      await page.getByText('6 boards').waitFor();
      await page.locator('article img').nth(5).waitFor();

      const widths = await page
        .locator('article img')
        .evaluateAll((images) => images.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth));
      expect(widths).toEqual([320, 320, 320, 320, 320, 320]);
      await screenshot(page, 'boards');

      await page.setViewportSize(PHONE);
      expect(await seriousViolations(page)).toEqual([]);
      expect(await horizontalOverflow(page)).toBe(0);
    });

    it('shows the pages of a board beside the document that it was exported to', async () => {
      const page = await open('ann', '/boards');
      await card(page, 'Three pages').getByRole('button', { name: 'Three pages', exact: true }).press('Enter');
      const drawer = page.getByRole('dialog', { name: 'Three pages' });
      await drawer.getByText('This board was not exported yet.').waitFor();

      const download = page.waitForEvent('download');
      await drawer.locator('export-button .main').click();
      await drawer.getByRole('menuitem', { name: 'PDF document' }).click();
      expect(await contentOf(await download)).toMatch(/^%PDF-/);
      await drawer.getByText('As it is in the file: PDF document.').waitFor();
      await drawer.getByRole('img', { name: 'Page 1 of 3' }).waitFor();
      await drawer.getByRole('button', { name: 'Next page' }).click();
      await drawer.getByRole('img', { name: 'Page 2 of 3' }).waitFor();

      expect(await seriousViolations(page)).toEqual([]);
      await screenshot(page, 'board');
      await drawer.getByRole('button', { name: 'Close' }).last().press('Escape');
      await drawer.waitFor({ state: 'detached' });
    });

    it('exports all boards that a search finds as one document', async () => {
      const page = await open('ann', '/boards');
      await page.getByLabel('Search by name').fill('ALGEBRA');
      await page.getByText('2 boards found').waitFor();
      await page.getByRole('button', { name: 'Select boards' }).click();
      await page.getByRole('button', { name: 'Select all 2 shown' }).click();
      await card(page, 'Algebra, part 2').getByRole('checkbox').uncheck();
      await card(page, 'Algebra, part 2').getByRole('checkbox').check();

      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export 2 boards' }).click();
      await page.getByRole('menuitem', { name: 'PDF document' }).click();
      expect(await contentOf(await download)).toMatch(/^%PDF-/);
      await page.getByRole('link', { name: 'Open the export' }).waitFor();
      const [exported] = (await ann.get('/api/v1/exports?kind=boards')).body.results as [{ page_count: number }];

      expect(exported.page_count).toBe(2);
      expect(await seriousViolations(page)).toEqual([]);
    });

    it('renames and deletes a board', async () => {
      await ann.saveBoard(noteBoard(), 'Draft');
      const page = await open('ann', '/boards');
      await page.getByRole('button', { name: 'More actions for Draft' }).click();
      await page.getByRole('menuitem', { name: 'Rename' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Final');
      await page.keyboard.press('Enter');
      await card(page, 'Final').waitFor();

      await page.getByRole('button', { name: 'More actions for Final' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByText('The board is deleted with the files of its exports.').waitFor();
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await page.getByText('“Final” is deleted.').waitFor();
      await page.getByText('6 boards').waitFor();

      expect((await ann.get('/api/v1/solo/sessions')).body).toMatchObject({ count: 6 });
    });
  });

  describe('The page of an event', () => {
    let olympiad: InsertedEvent;

    beforeAll(async () => {
      const sql = installation.sql.bind(installation);
      const questions = [
        { text: 'Скільки діагоналей має опуклий семикутник?', maxScore: 5 },
        { text: 'Solve x² − 5x + 6 = 0', maxScore: 5 },
        ...Array.from({ length: 4 }, (_, index) => ({ text: `Question ${index + 3}` })),
      ];
      olympiad = await insertEvent(sql, { organizer: 'ann', title: 'Olympiad', timeZone: 'Europe/Kyiv', questions });
      await insertParticipants(sql, olympiad, 60);
      await insertParticipant(sql, olympiad, {
        name: 'ليلى',
        group: '7-А',
        result: { score: 7.5, maximum: 18, seconds: 1800 },
        answers: { q1: { answer: '14', score: 5 }, q2: null },
      });
    });

    it('is reached from the list, and shows the results page by page, in the time zone of the event', async () => {
      const page = await open('ann', '/events');
      await page.getByRole('cell', { name: '61 (61 finished)' }).waitFor();
      await page.getByRole('link', { name: 'Olympiad' }).press('Enter');
      await page.getByRole('heading', { name: 'Olympiad' }).waitFor();

      await page.getByText('50 of 61').waitFor();
      await page.getByRole('button', { name: 'Show more' }).click();
      await page.getByText('61 of 61').waitFor();
      const laila = page.getByRole('row', { name: 'ليلى' });
      await laila.getByText('7.5 / 18').waitFor();
      await laila.getByText('Mar 1, 2026, 11:10 AM').waitFor();
      await laila.getByText('Skipped').waitFor();

      expect(await page.getByRole('row').count()).toBe(62);
    });

    it('explains a file that can be downloaded once, and shows that it was downloaded', async () => {
      const page = await open('ann', `/events/${olympiad.id}`);
      const earlier = page.getByRole('region', { name: 'Earlier exports' });
      await earlier.getByText('The results were not exported yet.').waitFor();
      await page.getByText('The link works for one complete download').waitFor();
      await page.getByRole('button', { name: 'Export results' }).click();
      await page.getByRole('menuitem', { name: 'CSV table' }).click();
      await earlier.getByText('Waits for its download').waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await screenshot(page, 'event');

      await page.keyboard.press('Escape');
      const download = page.waitForEvent('download');
      await earlier.getByRole('button', { name: 'Download' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Download' }).click();
      expect(await contentOf(await download)).toContain('Person 0000001');
      await earlier.getByText('Someone who has the link downloaded it').waitFor();

      expect(await earlier.getByRole('button', { name: 'Download' }).count()).toBe(0);
    });

    it('exports a file that stays after its download', async () => {
      const page = await open('ann', `/events/${olympiad.id}`, PHONE);
      await page.getByLabel('Keep the file after its download').check();
      const download = page.waitForEvent('download');
      await page.locator('export-button .main').click();
      await page.getByRole('menuitem', { name: 'Excel workbook' }).click();
      await download;

      await page.getByText('Downloaded once.').waitFor();
      expect(await horizontalOverflow(page)).toBe(0);
    });

    it('tells who has no boards and no events what is missing, and not what others have', async () => {
      const page = await open('bob', '/boards');
      await page.getByText('You have no boards yet').waitFor();
      await page.getByRole('link', { name: 'How front ends save boards' }).waitFor();

      await goTo(page, '/events');
      await page.getByText('You organize no events').waitFor();

      await goTo(page, `/events/${olympiad.id}`);
      await page.getByRole('alert').waitFor();
      await page.getByRole('button', { name: 'Try again' }).waitFor();
      await page.getByRole('link', { name: 'Events' }).first().waitFor();
    });
  });
});
