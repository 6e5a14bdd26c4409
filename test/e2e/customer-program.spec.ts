import { randomUUID } from 'node:crypto';
import { CustomerProgram } from '../../src/customer';
import { PrismaCustomerRepository } from '../../src/customer/infrastructure/customer.repository.prisma';
import { CustomerAdministration } from '../../src/customer/model/services/customer-administration';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { CustomerClient } from '../support/customers';
import { manageCustomers, runInImage } from '../support/operator-programs';
import type { ProgramRun } from '../support/program';
import { Installation } from '../support/installation';
import { freePort } from '../support/service';
import { until } from '../support/until';

const PATH = '/api/v1/customer/solo/sessions/';

interface CustomerOutput {
  readonly id: string;
  readonly secret: string;
  readonly former_secret_ends_at: string | null;
}

/**
 * `npm run customer` with a running service. Most commands run in this process. A process is started only to test output
 * streams and exit codes.
 */
describe('npm run customer', () => {
  let installation: Installation;
  let url: string;
  let prisma: PrismaService;
  let program: CustomerProgram;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ ROLE: 'api', RATE_LIMIT_CUSTOMER_FAILURES: 'off' }));
    ({ url } = installation.host);
    prisma = new PrismaService(installation.database.url, 'program');
    program = new CustomerProgram(new CustomerAdministration(new PrismaCustomerRepository(prisma)));
  });

  afterAll(async () => {
    await prisma.$disconnect();
    await installation.remove();
  });

  function manage(...args: string[]): Promise<ProgramRun> {
    return manageCustomers(installation.database.url, ...args);
  }

  /** Runs a command with --json. */
  async function runJson<Output = CustomerOutput>(...args: string[]): Promise<Output> {
    return JSON.parse(await program.run([...args, '--json'])) as Output;
  }

  async function statusOf(id: string, secret: string): Promise<number> {
    return (await new CustomerClient(url, { id, secret }).get(PATH)).status;
  }

  /** The audit entries of a customer without refused authentications. */
  function audited(id: string): Promise<{ action: string }[]> {
    return installation.sql(
      `SELECT action, tenant_id, user_id, details FROM export_audit_log
       WHERE customer_id = $1 AND action <> 'customer.refused' ORDER BY id`,
      id,
    );
  }

  it('creates a customer that authenticates with the printed credentials', async () => {
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

  it('runs by npm with the files of the container image', async () => {
    const { code, stdout } = await runInImage(
      ...(['customer', installation.database.url] as const),
      'create',
      '--name',
      `Tom's "Shop" $HOME`,
      '--json',
    );

    const made = JSON.parse(stdout) as CustomerOutput & { name: string };
    expect([code, made.name]).toEqual([0, `Tom's "Shop" $HOME`]);
    expect(await statusOf(made.id, made.secret)).toBe(200);
  });

  it('replaces the secret and keeps the previous one valid for a while', async () => {
    const first = await runJson('create', '--name', 'Rotating');
    const second = await runJson('rotate', first.id);

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

  it('ends the previous secret after the requested grace period', async () => {
    const first = await runJson('create', '--name', 'Soon');
    const second = await runJson('rotate', first.id, '--grace', '3s');
    const atOnce = await statusOf(first.id, first.secret);

    await until('the previous secret ended', async () => (await statusOf(first.id, first.secret)) === 401);

    expect(atOnce).toBe(200);
    expect(Date.now()).toBeGreaterThan(Date.parse(second.former_secret_ends_at!) - 1000);
    expect(await statusOf(first.id, second.secret)).toBe(200);
  });

  it('keeps only the last previous secret', async () => {
    const first = await runJson('create', '--name', 'Twice');
    const second = await runJson('rotate', first.id, '--grace', '1d');
    const third = await runJson('rotate', first.id, '--grace', '1h');

    const statuses = [];
    for (const { secret } of [first, second, third]) statuses.push(await statusOf(first.id, secret));

    expect(statuses).toEqual([401, 200, 200]);
  });

  it('ends the previous secret at once without a grace period', async () => {
    const first = await runJson('create', '--name', 'Leaked');
    const second = await runJson('rotate', first.id);
    const third = await runJson('rotate', first.id, '--grace', '0');

    const statuses = [];
    for (const { secret } of [first, second, third]) statuses.push(await statusOf(first.id, secret));

    expect(statuses).toEqual([401, 401, 200]);
    expect(third.former_secret_ends_at).toBeNull();
  });

  it('rejects both secrets of a disabled customer, and accepts the last one once it is enabled', async () => {
    const first = await runJson('create', '--name', 'Switched');
    const second = await runJson('rotate', first.id);
    const statuses = async () => [await statusOf(first.id, first.secret), await statusOf(first.id, second.secret)];

    const disabled = await program.run(['disable', first.id]);
    const whileDisabled = await statuses();
    const again = await program.run(['disable', first.id.toUpperCase()]);
    const enabled = await program.run(['enable', first.id]);

    expect([disabled, again, enabled]).toEqual([
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

  it('gives no grace period to a disabled customer', async () => {
    const first = await runJson('create', '--name', 'Stolen');
    await runJson('disable', first.id);
    const second = await runJson('rotate', first.id);
    await runJson('enable', first.id);

    expect(second.former_secret_ends_at).toBeNull();
    expect([await statusOf(first.id, first.secret), await statusOf(first.id, second.secret)]).toEqual([401, 200]);
  });

  it('lists customers without secrets or hashes', async () => {
    const { id, secret } = await runJson('create', '--name', 'Listed\u001b[2J\nnext', '--tenant', 'red');

    const printed = await program.run(['list']);
    const list = await runJson<object[]>('list');

    expect(printed).toMatch(new RegExp(`^${id}  active    Listed \\[2J next \\(red\\)$`, 'm'));
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
    for (const hidden of [secret, row!.secret_hash]) expect(printed + JSON.stringify(list)).not.toContain(hidden);
  });

  it.each<[number, RegExp, string[]]>([
    [2, /^--name is needed[^]*Usage:/, ['create']],
    [1, /^Customer not found\n$/, ['rotate', randomUUID()]],
  ])('exits with code %i and the reason, and changes nothing: %s', async (code, reason, args) => {
    const before = await installation.sql('SELECT * FROM customers ORDER BY id');

    const run = await manage(...args);

    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(reason);
    expect(run.stderr).not.toMatch(/node_modules|^ +at /m);
    expect(await installation.sql('SELECT * FROM customers ORDER BY id')).toEqual(before);
  });

  it.each([['rotate'], ['disable'], ['enable']])('reports an unknown customer: %s', async (command) => {
    const before = await installation.sql('SELECT * FROM customers ORDER BY id');

    for (const id of [randomUUID(), 'no-id']) {
      await expect(program.run([command, id])).rejects.toThrow('Customer not found');
    }

    expect(await installation.sql('SELECT * FROM customers ORDER BY id')).toEqual(before);
  });

  it('prints its usage without a database', async () => {
    const run = await manageCustomers(undefined, 'rotate', '--help');

    expect(run).toEqual({ code: 0, stdout: expect.stringMatching(/^Usage: npm run customer/), stderr: '' });
  });

  it('explains what is wrong with the database', async () => {
    const run = await manageCustomers(`postgresql://me:word@127.0.0.1:${await freePort()}/none`, 'list', '--json');

    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^The database does not answer: .*DATABASE_URL.*\n$/);
  });
});
