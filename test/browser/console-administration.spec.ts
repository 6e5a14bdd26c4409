import type { Page } from 'playwright-core';
import { seriousViolations } from '../support/accessibility';
import type { Application } from '../support/application';
import { describeInBrowser } from '../support/browser';
import type { Client } from '../support/client';
import { type ConsoleTraits, goTo, horizontalOverflow, PHONE, screenshot, useConsole } from '../support/console';
import { DATA_TYPES } from '../support/data-types';
import { Installation } from '../support/installation';
import { signedToken } from '../support/tokens';

const SCHEDULES = '/api/exports/scheduled';
/** What each tab has once it is loaded, in Ukrainian. */
const TABS = [
  ['overview', 'Невдачі за причиною'],
  ['catalog', 'export_audit_log'],
  ['schedules', 'Everyday data'],
  ['audit-log', 'Розклад призупинено'],
] as const;

describeInBrowser('The page "Administration"', () => {
  const browser = useConsole();
  let installation: Installation;
  let application: Application;
  let root: Client;

  beforeAll(async () => {
    ({ installation, application } = await Installation.withApplication());
    root = await installation.asUser('root', { roles: ['admin'] });
    await insertPastExports(installation);
    await schedule(await installation.asUser('bea', { tenant: 'green' }), 'Everyday data');
    await installation.sql(
      `INSERT INTO export_audit_log (at, action, user_id, tenant_id, address, details)
       SELECT now() - make_interval(hours => n), CASE WHEN n % 2 = 0 THEN 'schedule.paused' ELSE 'export.requested' END,
              'مها-الخطيب', 'acme', '203.0.113.7', '{"format": "xlsx", "kind": "data"}'
       FROM generate_series(1, 120) AS n`,
    );
    await installation.sql('CREATE TABLE orders (id int, user_id text, total numeric, card_number text)');
    await installation.sql(`INSERT INTO export_sensitive_columns VALUES ('orders', 'card_number', 'secret')`);
  });

  afterAll(() => installation.remove());

  const open = async (route: string, traits: ConsoleTraits & { tenant?: string } = {}): Promise<Page> => {
    const { tenant, ...others } = traits;
    const token = await signedToken('root', { roles: ['admin'], ...(tenant !== undefined && { tenant }) });
    return browser.open(application, `/administration${route}`, { token, ...others });
  };

  it('plots the exports of a period, and says why some failed', async () => {
    const page = await open('');

    await page.getByText('The export failed several times. Export less at once.').waitFor();
    await page.getByText('attempts-exhausted', { exact: true }).waitFor();
    await page.getByText('92%').waitFor();
    await screenshot(page, 'administration');

    const plot = page.getByRole('slider', { name: 'Exports a day, by outcome' });
    await plot.press('Home');
    await plot.press('ArrowRight');
    expect(await plot.getAttribute('aria-valuetext')).toMatch(/\d{4}, Successful: \d+, Failed: \d+, Cancelled: \d+/);

    await page.getByRole('button', { name: '7 days' }).click();
    await page.waitForURL(/days=7/);
    await page.getByRole('button', { name: 'Show as table' }).first().click();
    const table = page.getByRole('region', { name: 'Exports a day, by outcome' });
    await table.getByRole('row').nth(7).waitFor();
    expect(await table.getByRole('row').count()).toBe(8);
  });

  it('shows the administrator of a tenant what is missing there, and that the catalog is shared', async () => {
    const page = await open('', { tenant: 'empty' });

    await page.getByText('No exports in this period').waitFor();
    await page.getByRole('tab', { name: 'Catalog' }).click();
    await page.getByText('You can see the catalog, but not change it').waitFor();
    await page.getByRole('heading', { name: 'profile' }).waitFor();
    expect(await page.getByRole('button', { name: /New data type|Edit|Delete/ }).count()).toBe(0);
    await page.getByRole('tab', { name: 'Schedules' }).click();
    await page.getByText('There are no such schedules').waitFor();
    await page.getByRole('tab', { name: 'Audit log' }).click();
    await page.getByText('The audit log is empty').waitFor();
  });

  it('says what went wrong, and loads again on demand', async () => {
    const page = await open('/catalog');
    await page.getByRole('heading', { name: 'profile' }).waitFor();
    const problem = { code: 'internal-server-error', detail: 'It failed', status: 500 };
    await page.route('**/exports/stats*', (route) =>
      route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    await page.getByRole('tab', { name: 'Overview' }).click();
    await page.getByRole('alert').waitFor();
    await page.unroute('**/exports/stats*');
    await page.getByRole('button', { name: 'Try again' }).click();

    await page.getByText('Failures by reason').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('creates, changes and deletes a data type, with problems at their fields', async () => {
    const page = await open('/catalog');
    await page.getByRole('button', { name: 'New data type' }).click();
    await page.getByLabel('Name', { exact: true }).fill('profile');
    await page.getByLabel('Add a table').fill('orders');
    await page.getByRole('button', { name: 'orders', exact: true }).click();
    await page.getByText('Without card_number').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Another data type has this name.').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe('true');

    await page.getByLabel('Name', { exact: true }).fill('orders');
    await page.getByText('Only these columns').click();
    await page.getByRole('checkbox', { name: 'total' }).uncheck();
    expect(await page.getByRole('checkbox', { name: 'card_number' }).isChecked()).toBe(false);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('orders is saved.').waitFor();
    expect(await ordersOf(root)).toMatchObject({
      columns: { orders: ['id', 'user_id'] },
      owners: { orders: 'user_id' },
    });

    await page.getByRole('button', { name: 'Edit orders' }).click();
    await page.getByLabel('Owner of a row').selectOption('');
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('2 columns · administrators only').waitFor();
    expect(await ordersOf(root)).toMatchObject({ owners: { orders: null } });

    await page.getByRole('button', { name: 'Delete orders' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('orders is deleted.').waitFor();
    expect(await ordersOf(root)).toBeUndefined();
  });

  it('pauses, resumes and deletes the schedule of another user', async () => {
    const ann = await installation.asUser('ann', { tenant: 'blue' });
    const body = {
      name: 'My weekly data',
      data_types: [],
      format: 'csv',
      frequency: 'weekly',
      weekday: 1,
      at: '07:30',
    };
    const { status, text } = await ann.post(SCHEDULES, { ...body, delivery_method: 'download' });
    expect([status, text]).toEqual([201, expect.anything()]);
    const page = await open('/schedules');
    const row = page.getByRole('row', { name: /My weekly data/ });
    const choose = async (action: string): Promise<void> => {
      await row.getByRole('button', { name: 'Actions for My weekly data' }).click();
      await page.getByRole('menuitem', { name: action }).click();
    };

    await row.getByText('ann', { exact: true }).waitFor();
    await choose('Pause');
    await row.getByText('An administrator paused it.').waitFor();
    await choose('Resume');
    await page.getByText('My weekly data runs again.').waitFor();
    await choose('Delete');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await row.waitFor({ state: 'detached' });

    expect((await ann.get(SCHEDULES)).body.results).toEqual([]);
  });

  it('finds audit entries, and exports those that were found', async () => {
    const page = await open('/audit-log');
    await page.getByLabel('Action').selectOption('All about schedules');
    await page.getByLabel('User', { exact: true }).fill('مها-الخطيب');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('60 entries, the newest first').waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText('60 shown').waitFor();
    const details = page.getByRole('button', { name: /^Details: Schedule paused/ }).first();
    await details.click();
    await page.getByText('schedule.paused', { exact: true }).waitFor();
    expect(await details.getAttribute('aria-expanded')).toBe('true');
    await screenshot(page, 'audit-log');

    await page.reload();
    await page.getByText('60 entries, the newest first').waitFor();
    await page.getByRole('button', { name: 'Export the audit log' }).click();
    await page.getByLabel('Format').selectOption('JSON lines');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.waitForURL(/#\/exports\/[\da-f-]{36}$/);

    const id = page.url().slice(-36);
    await installation.reaches(id, 'completed');
    expect((await root.get(`/api/exports/${id}`)).body).toMatchObject({ format: 'ndjson', record_count: 60 });
  });

  it('says at its field which filter is wrong', async () => {
    const page = await open('/audit-log?address=elsewhere');

    await page.getByText('address must be an IPv4 or IPv6 address').last().waitFor();
    expect(await page.getByLabel('Network address').getAttribute('aria-invalid')).toBe('true');
  });

  it('is usable on a phone, in Ukrainian, and by a screen reader', async () => {
    const page = await open('', { ...PHONE, locale: 'uk' });

    for (const [tab, text] of TABS) {
      await goTo(page, `/administration/${tab}`);
      await page.getByRole('tabpanel').getByText(text).filter({ visible: true }).first().waitFor();
      expect([tab, await horizontalOverflow(page), await seriousViolations(page)]).toEqual([tab, 0, []]);
    }
  });
});

async function schedule(user: Client, name: string): Promise<void> {
  const recurrence = { frequency: 'weekly', weekday: 1, at: '07:30' };
  const body = { name, data_types: [], format: 'csv', ...recurrence, delivery_method: 'download' };
  expect((await user.post(SCHEDULES, body)).status).toBe(201);
}

async function ordersOf(root: Client): Promise<unknown> {
  const { body } = await root.get(DATA_TYPES);
  return (body.results as { name: string }[]).find(({ name }) => name === 'orders');
}

/** Ended exports of the last thirty days, 92 of 100 successful. */
async function insertPastExports(installation: Installation): Promise<void> {
  await installation.sql(`
    INSERT INTO exports (kind, format, status, user_id, request_id, file_size, record_count, error, error_code,
                         created_at, started_at, completed_at, id)
    SELECT (ARRAY['data', 'data', 'board'])[1 + n % 3], CASE WHEN n % 3 = 2 THEN 'pdf' ELSE (ARRAY['csv', 'xlsx'])[1 + n % 2] END,
           status, 'ann', 'past', CASE status WHEN 'expired' THEN n * 900 END, CASE status WHEN 'expired' THEN n * 10 END,
           CASE status WHEN 'failed' THEN 'It failed' END,
           CASE status WHEN 'failed' THEN (ARRAY['attempts-exhausted', 'attempts-exhausted', 'too-many-rows'])[1 + n % 3] END,
           at, at, at + make_interval(secs => 0.2 + n % 17), gen_random_uuid()
    FROM (SELECT n, now() - make_interval(days => n % 29, mins => n) AS at,
                 CASE WHEN n % 25 < 2 THEN 'failed' ELSE 'expired' END AS status
          FROM generate_series(1, 400) AS n) AS past`);
}
