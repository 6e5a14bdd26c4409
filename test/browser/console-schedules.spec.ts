import type { Locator, Page } from 'playwright-core';
import { seriousViolations } from '../support/accessibility';
import { describeInBrowser } from '../support/browser';
import type { Client } from '../support/client';
import { type ConsoleTraits, horizontalOverflow, PHONE, screenshot, useConsole } from '../support/console';
import { Installation } from '../support/installation';
import { ObjectServer } from '../support/object-server';
import { createNotes, createSchedule, runsOf, scheduleOf, SCHEDULES, settledRuns } from '../support/schedules';
import { signedToken } from '../support/tokens';

const TESTS = '/api/v1/exports/destinations/test';
const CREDENTIALS = { accessKeyId: 'key', secretAccessKey: 'secret' };
/** In every year, one of the Sundays of March is the day on which the clocks of Kyiv go forward at 03:00. */
const SUNDAYS_OF_MARCH = '30 3 * 3 0';
const MAX_TABS = 60;

describeInBrowser('The schedules in the console', () => {
  const browser = useConsole();
  let bucket: ObjectServer;
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    bucket = await ObjectServer.start({ credentials: CREDENTIALS });
    ({ installation } = await Installation.withApplication({ STORAGE: 'disk', OUTBOUND_ALLOWED_HOSTS: bucket.host }));
    await createNotes(installation, 'ann', 'eve');
    ann = await installation.asUser('ann');
  });

  afterAll(async () => {
    await installation.remove();
    await bucket.stop();
  });

  afterEach(async () => {
    await installation.sql('DELETE FROM scheduled_exports');
  });

  const open = async (route = '/schedules', traits: ConsoleTraits = {}): Promise<Page> =>
    browser.open(installation.host, route, { token: await signedToken('ann'), ...traits });
  const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
  const toBucket = {
    delivery_method: 's3',
    destination: 's3://reports/daily/',
    destination_options: { endpoint: '', access_key_id: 'key', secret_access_key: 'secret' },
  };
  const scheduleToBucket = (more: object = {}) =>
    createSchedule(ann, {
      ...toBucket,
      destination_options: { ...toBucket.destination_options, endpoint: bucket.url },
      ...more,
    });

  /** Goes to an element as one does without a mouse. */
  async function tabTo(page: Page, element: Locator): Promise<void> {
    await element.waitFor();
    for (let tabs = 0; tabs < MAX_TABS; tabs += 1) {
      if (await element.evaluate((node) => node === node.ownerDocument.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${String(element)} cannot be reached by the keyboard`);
  }

  async function typeInto(page: Page, label: string, text: string): Promise<void> {
    await tabTo(page, page.getByRole('textbox', { name: label, exact: true }));
    await page.keyboard.type(text);
  }

  async function chooseFrequency(page: Page, from: string, arrows: string[]): Promise<void> {
    await tabTo(page, page.getByRole('radio', { name: from, exact: true }));
    for (const arrow of arrows) await page.keyboard.press(arrow);
  }

  it('creates a nightly schedule by keyboard alone, with its runs shown and its destination tested', async () => {
    const page = await open();
    await page.getByText('No schedules yet').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await tabTo(page, page.getByRole('main').getByRole('link', { name: 'New schedule' }).first());
    await page.keyboard.press('Enter');

    await typeInto(page, 'Name', 'nightly');
    await chooseFrequency(page, 'Every day', ['ArrowDown', 'ArrowDown', 'ArrowDown']);
    await tabTo(page, page.getByLabel('Cron expression', { exact: true }).last());
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(SUNDAYS_OF_MARCH);
    await tabTo(page, page.getByRole('combobox', { name: 'Time zone' }));
    await page.keyboard.type('kyiv');
    await page.getByRole('option', { name: /^Europe\/Kyiv/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Clock change: skipped hour').first().waitFor();
    const runs = page.getByRole('list', { name: 'Next runs' }).getByRole('listitem');
    expect(await runs.count()).toBe(10);
    expect(await runs.filter({ hasText: 'Clock change' }).first().innerText()).toMatch(/^Sun, Mar \d+, \d+, 04:00/);
    await screenshot(page, 'new-schedule');

    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await chooseFrequency(page, 'Cron expression', ['ArrowUp', 'ArrowUp', 'ArrowUp']);
    await tabTo(page, page.getByLabel('Time', { exact: true }));
    await page.keyboard.type('0230A');
    await page.getByText('Every day at 02:30').waitFor();
    await tabTo(page, page.getByRole('radio', { name: /^Only keep the file/ }));
    for (let downs = 0; downs < 3; downs += 1) await page.keyboard.press('ArrowDown');
    await typeInto(page, 'Bucket and folder', 's3://reports/daily/');
    await typeInto(page, 'Address of the S3 service', bucket.url);
    await typeInto(page, 'Access key id', CREDENTIALS.accessKeyId);
    await tabTo(page, page.getByLabel('Secret access key'));
    await page.keyboard.type(CREDENTIALS.secretAccessKey);
    await tabTo(page, button(page, 'Test the destination'));
    await page.keyboard.press('Enter');
    await page.getByText('The destination works.').waitFor();
    const steps = await page.getByRole('list', { name: 'Steps of the test' }).getByRole('listitem').allInnerTexts();
    expect(steps.map((step) => step.split('\n')[0])).toEqual([
      expect.stringContaining('Find the host'),
      expect.stringContaining('Connect'),
      expect.stringContaining('Log in'),
      expect.stringContaining('Write a test file'),
      expect.stringContaining('Read it'),
      expect.stringContaining('Delete it'),
    ]);
    expect(await seriousViolations(page)).toEqual([]);
    await tabTo(page, button(page, 'Create the schedule'));
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'nightly' }).waitFor();
    const id = page.url().split('/').at(-1)!;
    expect((await ann.get(`${SCHEDULES}/${id}`)).body).toMatchObject({
      name: 'nightly',
      frequency: 'daily',
      at: '02:30',
      timezone: 'Europe/Kyiv',
      destination: 's3://reports/daily/',
      is_active: true,
    });
  });

  it('pauses a schedule, resumes it, and runs it with its progress and its outcome in place', async () => {
    const { id } = await scheduleToBucket({ name: 'ملاحظات', at: '02:30', timezone: 'Europe/Kyiv' });
    const page = await open(`/schedules/${id}`);

    await button(page, 'Pause').click();
    await page.getByText('You paused it.').waitFor();
    expect(await scheduleOf(ann, id)).toMatchObject({ is_active: false });
    await button(page, 'Resume').click();
    await page.getByText('Active', { exact: true }).waitFor();
    await button(page, 'Run now').click();
    await settledRuns(ann, id, 1);
    await page.getByText('Succeeded').waitFor();
    await page.getByText('Delivered').waitFor();

    expect(await seriousViolations(page)).toEqual([]);
    await page.reload();
    await page.getByText('Delivered').waitFor();
    await screenshot(page, 'schedule');
    const [run] = await runsOf(ann, id);
    await page.getByRole('table').getByRole('link').click();
    await page.waitForURL(new RegExp(`#/exports/${run!.export_id}$`));
  });

  it('keeps the stored secrets when another field is edited, and says so', async () => {
    const { id } = await scheduleToBucket();
    const page = await open(`/schedules/${id}/edit`);

    await page.getByLabel('Name', { exact: true }).fill('renamed');
    await page.getByText('Leave it empty to keep the stored one.').first().waitFor();
    await button(page, 'Test the destination').click();
    await page.getByText('The destination works.').waitFor();
    await page.getByLabel('Bucket and folder').fill('s3://other/');
    await page.getByText('The destination has changed: enter it again.').first().waitFor();
    await page.getByLabel('Bucket and folder').fill('s3://reports/daily/');
    await button(page, 'Save the changes').click();

    await page.getByRole('heading', { name: 'renamed' }).waitFor();
    expect((await ann.post(TESTS, { schedule_id: id })).body).toMatchObject({ outcome: 'reachable' });
  });

  it('says what is missing or refused at the fields, and loses nothing by a reload and an expired sign-in', async () => {
    const page = await open('/schedules/new');
    const name = page.getByLabel('Name', { exact: true });

    await button(page, 'Create the schedule').click();
    await page.getByText('Enter a name.').waitFor();
    expect(await name.evaluate((node) => node === node.ownerDocument.activeElement)).toBe(true);
    await name.fill('to a private address');
    await page.getByRole('radio', { name: /^Webhook/ }).check();
    await page.getByRole('textbox', { name: 'Address' }).fill('https://10.0.0.1/hook');
    await button(page, 'Create the schedule').click();
    await page.locator('.field', { hasText: 'Address' }).locator('.problem').waitFor();
    await page.reload();
    await page.getByText('This is what you had entered before.').waitFor();
    expect(await name.inputValue()).toBe('to a private address');

    await page.getByRole('radio', { name: /^Only keep the file/ }).check();
    const isRefused = (url: URL): boolean => url.pathname === SCHEDULES;
    await page.route(isRefused, (route) => route.fulfill({ status: 401, body: '' }));
    await button(page, 'Create the schedule').click();
    await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
    await page.unroute(isRefused);
    await page.getByLabel('Access token').fill(await signedToken('ann', { expires: '2h' }));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await button(page, 'Create the schedule').click();

    await page.getByRole('heading', { name: 'to a private address' }).waitFor();
  });

  it('lists schedules with their next runs, deletes one, and fits a narrow screen in Ukrainian', async () => {
    const { id } = await createSchedule(ann, { name: 'a'.repeat(100), frequency: 'monthly', day_of_month: 31 });
    await createSchedule(ann, { name: 'دفعات', timezone: 'Asia/Kathmandu' });
    const page = await open();

    await page.getByText('Every day at 00:00, Kathmandu').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await screenshot(page, 'schedules');
    await button(page, `Actions for ${'a'.repeat(100)}`).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await button(page, 'Delete the schedule').click();
    await page.getByText('1 of 1').waitFor();
    expect((await ann.get(`${SCHEDULES}/${id}`)).status).not.toBe(200);

    const narrow = await open('/schedules', { ...PHONE, locale: 'uk' });
    await narrow.getByText('Щодня о 00:00, Kathmandu').waitFor();
    expect(await horizontalOverflow(narrow)).toBe(0);
  });
});
