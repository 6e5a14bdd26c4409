import { randomUUID } from 'node:crypto';
import { CustomerClient } from '../support/customers';
import { manageCustomers, manageCustomersInImage, type ProgramRun } from '../support/customer-program';
import { Installation } from '../support/installation';
import { freePort } from '../support/service';
import { createEmptyDatabase } from '../support/test-database';
import { until } from '../support/until';

const PATH = '/api/v1/customer/solo/sessions/';

interface Entrusted {
  readonly id: string;
  readonly secret: string;
  readonly former_secret_ends_at: string | null;
}

/** `npm run customer`, as a process of its own beside a service that runs. */
describe('An operator’s program for customers', () => {
  let installation: Installation;
  let url: string;

  beforeAll(async () => {
    installation = await Installation.create({ RATE_LIMIT_CUSTOMER_FAILURES: 'off' });
    ({ url } = await installation.start({ ROLE: 'api' }));
  });

  afterAll(() => installation.remove());

  function manage(...args: string[]): Promise<ProgramRun> {
    return manageCustomers(installation.database.url, ...args);
  }

  /** @returns what the program says to other programs */
  async function told<Said = Entrusted>(...args: string[]): Promise<Said> {
    const { code, stdout, stderr } = await manage(...args, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as Said;
  }

  async function statusOf(id: string, secret: string): Promise<number> {
    return (await new CustomerClient(url, { id, secret }).get(PATH)).status;
  }

  /** What was done with a customer; who failed to come in as it is another matter. */
  function audited(id: string): Promise<{ action: string }[]> {
    return installation.sql(
      `SELECT action, tenant_id, user_id, details FROM export_audit_log
       WHERE customer_id = $1 AND action <> 'customer.refused' ORDER BY id`,
      id,
    );
  }

  it('makes a customer that comes in with what was printed', async () => {
    const { code, stdout, stderr } = await manage('create', '--name', 'Академія', '--tenant', 'blue');

    const [, id] = /^Id +(\S+)$/m.exec(stdout)!;
    const [, secret] = /^Secret +(\S+)$/m.exec(stdout)!;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Академія');
    expect(stdout).toContain('will not be shown again');
    expect(secret).toMatch(/^exsk_[\w-]{43}$/);
    const session = await new CustomerClient(url, { id: id!, secret: secret! }).startSession('ada');
    const ada = await installation.asUser('ada', { tenant: 'blue' });
    expect((await ada.get(`/api/v1/solo/sessions/${session}/`)).status).toBe(200);
    expect(await audited(id!)).toEqual([
      { action: 'customer.created', tenant_id: 'blue', user_id: null, details: { name: 'Академія' } },
    ]);
  });

  it('runs by npm where there is what an image has', async () => {
    const { code, stdout } = await manageCustomersInImage(
      installation.database.url,
      ...['create', '--name', `Tom's "Shop" $HOME`, '--json'],
    );

    const made = JSON.parse(stdout) as Entrusted & { name: string };
    expect([code, made.name]).toEqual([0, `Tom's "Shop" $HOME`]);
    expect(await statusOf(made.id, made.secret)).toBe(200);
  });

  it('gives another secret, and lets the former one be right for a while', async () => {
    const first = await told('create', '--name', 'Rotating');
    const second = await told('rotate', first.id);

    expect(second.id).toBe(first.id);
    expect(Date.parse(second.former_secret_ends_at!) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    expect(Date.parse(second.former_secret_ends_at!) - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
    expect([await statusOf(first.id, first.secret), await statusOf(first.id, second.secret)]).toEqual([200, 200]);

    await installation.sql(`UPDATE customers SET former_secret_ends_at = now() WHERE id = $1`, first.id);

    expect([await statusOf(first.id, first.secret), await statusOf(first.id, second.secret)]).toEqual([401, 200]);
    expect(await audited(first.id)).toMatchObject([
      { action: 'customer.created' },
      { action: 'customer.rotated', details: { grace_seconds: 86_400 } },
    ]);
  });

  it('ends the former secret after the grace period that was asked for', async () => {
    const first = await told('create', '--name', 'Soon');
    const second = await told('rotate', first.id, '--grace', '3s');
    const atOnce = await statusOf(first.id, first.secret);

    await until('the former secret ended', async () => (await statusOf(first.id, first.secret)) === 401);

    expect(atOnce).toBe(200);
    expect(Date.now()).toBeGreaterThan(Date.parse(second.former_secret_ends_at!) - 1000);
    expect(await statusOf(first.id, second.secret)).toBe(200);
  });

  it('keeps the last former secret only', async () => {
    const first = await told('create', '--name', 'Twice');
    const second = await told('rotate', first.id, '--grace', '1d');
    const third = await told('rotate', first.id, '--grace', '1h');

    const statuses = [];
    for (const { secret } of [first, second, third]) statuses.push(await statusOf(first.id, secret));

    expect(statuses).toEqual([401, 200, 200]);
  });

  it('ends the former secret at once without a grace period', async () => {
    const first = await told('create', '--name', 'Leaked');
    const second = await told('rotate', first.id);
    const third = await told('rotate', first.id, '--grace', '0');

    const statuses = [];
    for (const { secret } of [first, second, third]) statuses.push(await statusOf(first.id, secret));

    expect(statuses).toEqual([401, 401, 200]);
    expect(third.former_secret_ends_at).toBeNull();
  });

  it('keeps a customer out with both secrets, and lets it in again with the last', async () => {
    const first = await told('create', '--name', 'Switched');
    const second = await told('rotate', first.id);
    const statuses = async () => [await statusOf(first.id, first.secret), await statusOf(first.id, second.secret)];

    const disabled = await manage('disable', first.id);
    const whileDisabled = await statuses();
    const again = await manage('disable', first.id.toUpperCase());
    const enabled = await manage('enable', first.id);

    expect([disabled.stdout, again.stdout, enabled.stdout]).toEqual([
      `Switched (${first.id}) is disabled.\n`,
      `Switched (${first.id}) is disabled already.\n`,
      `Switched (${first.id}) is enabled.\n`,
    ]);
    expect([whileDisabled, await statuses()]).toEqual([
      [401, 401],
      [401, 200],
    ]);
    expect((await audited(first.id)).map(({ action }) => action)).toEqual(
      ['created', 'rotated', 'disabled', 'enabled'].map((step) => `customer.${step}`),
    );
  });

  it('gives a disabled customer’s former secret no grace', async () => {
    const first = await told('create', '--name', 'Stolen');
    await told('disable', first.id);
    const second = await told('rotate', first.id);
    await told('enable', first.id);

    expect(second.former_secret_ends_at).toBeNull();
    expect([await statusOf(first.id, first.secret), await statusOf(first.id, second.secret)]).toEqual([401, 200]);
  });

  it('lists the customers and never a secret, nor what is kept of it', async () => {
    const { id, secret } = await told('create', '--name', 'Listed\u001b[2J\nnext', '--tenant', 'red');

    const { stdout } = await manage('list');
    const list = await told<object[]>('list');

    expect(stdout).toMatch(new RegExp(`^${id}  active    Listed \\[2J next \\(red\\)$`, 'm'));
    expect(list).toContainEqual({
      id,
      name: 'Listed\u001b[2J\nnext',
      tenant_id: 'red',
      active: true,
      former_secret_ends_at: null,
      created_at: expect.any(String),
    });
    const [row] = await installation.sql<{ secret_hash: string }>(
      'SELECT secret_hash FROM customers WHERE id = $1',
      id,
    );
    for (const hidden of [secret, row!.secret_hash]) expect(stdout + JSON.stringify(list)).not.toContain(hidden);
  });

  it.each<[number, RegExp, string[]]>([
    [2, /^Say what to do[^]*Usage:/, []],
    [2, /^--name is needed[^]*Usage:/, ['create']],
    [2, /^--grace must be like/, ['rotate', randomUUID(), '--grace', 'soon']],
    [1, /^Customer not found$/m, ['rotate', randomUUID()]],
    [1, /^Customer not found$/m, ['disable', 'no-id']],
    [1, /^Customer not found$/m, ['enable', randomUUID()]],
  ])('ends with %i and says why, and changes nothing: %s', async (code, reason, args) => {
    const before = await installation.sql('SELECT * FROM customers ORDER BY id');

    const run = await manage(...args);

    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(reason);
    expect(run.stderr).not.toMatch(/node_modules|^ +at /m);
    expect(await installation.sql('SELECT * FROM customers ORDER BY id')).toEqual(before);
  });

  it.each([[['--help']], [['-h']], [['help']], [['rotate', '--help']]])(
    'says how it is used, without a database: %j',
    async (args) => {
      const run = await manageCustomers(undefined, ...args);

      expect(run).toEqual({ code: 0, stdout: expect.stringMatching(/^Usage: npm run customer/), stderr: '' });
    },
  );

  it.each([
    ['create', '--name', 'Lost'],
    ['rotate', randomUUID()],
    ['list', '--json'],
  ])('says what is wrong with its database: %s', async (...args) => {
    const empty = await createEmptyDatabase('UTF8');
    const nowhere = `postgresql://me:word@127.0.0.1:${await freePort()}/none`;

    const changed = (change: (database: URL) => void) => {
      const database = new URL(empty.url);
      change(database);
      return database.href;
    };
    const absent = changed((database) => (database.pathname = '/nowhere_to_be_found'));
    const unnamed = changed((database) => (database.hostname = 'no-such-host.invalid'));
    const stranger = changed((database) => (database.username = 'nobody_we_know'));

    const runs = [];
    for (const database of [undefined, 'mysql://x', nowhere, empty.url, absent, unnamed, stranger]) {
      runs.push(await manageCustomers(database, ...args));
    }
    await empty.drop();

    expect(runs.map(({ code, stdout }) => [code, stdout])).toEqual(Array(7).fill([1, '']));
    const [missing, wrong, silent, bare, gone, lost, refused] = runs.map(({ stderr }) => stderr);
    expect(missing).toContain('DATABASE_URL is missing');
    expect(wrong).toContain('DATABASE_URL must be a URL');
    expect(silent).toMatch(/^The database does not answer: .*DATABASE_URL.*\n$/);
    expect(bare).toMatch(/^The database is not up to date: run `npm run migrate` first\.\n$/);
    expect(gone).toBe('There is no database of the name that DATABASE_URL has: create it, or put the name right.\n');
    expect(lost).toBe(silent);
    expect(refused).toBe('The database refuses the user and password that DATABASE_URL has.\n');
  });
});
