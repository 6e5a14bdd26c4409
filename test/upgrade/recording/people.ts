import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { basic } from '../../support/customers';
import type { DayCustomer, Principal } from '../day';
import type { Recorder } from './recorder';

const run = promisify(execFile);
const SAMPLE_NAMES = ['Академія', `Tom's "Shop"`, 'École № 7', 'ООО Ромашка', '北京学校', 'Partner & Co'];

export interface People {
  /** Has rows in every table. */
  readonly ada: Principal;
  /** Has rows too, in a tenant. */
  readonly bob: Principal;
  readonly admin: Principal;
  readonly artist: Principal;
  readonly partner: Principal;
  /** Its secret was replaced that day. */
  readonly rotated: Principal;
}

/** Brings in the external systems by the operator's program, and users by their tokens. */
export async function createPeople(recorder: Recorder, administrator: string): Promise<People> {
  const { random } = recorder;
  const rows = await recorder.sql<{ id: string; tenant_id: string | null; email: string }>(
    `SELECT DISTINCT u.id, u.tenant_id, u.email FROM users u JOIN transactions t ON t.user_id = u.id
     JOIN user_profiles p ON p.user_id = u.id ORDER BY u.id LIMIT 12`,
  );
  const users = rows.map(({ id, tenant_id: tenant }, number) =>
    recorder.user(id, { email: `person${number}@example.org`, ...(tenant !== null && { tenant }) }),
  );
  const ada = users.splice(random.between(0, users.length - 1), 1)[0]!;
  const partner = await create(recorder, random.pick(SAMPLE_NAMES));
  const rotated = await rotate(recorder, await create(recorder, random.pick(SAMPLE_NAMES), 'blue'));
  await disable(recorder, await create(recorder, 'Dismissed'));
  recorder.blockedCustomerId = partner.id;
  await failUntilBlocked(recorder, partner.id);
  return {
    ada,
    bob: random.pick(users),
    admin: recorder.user(administrator, { roles: ['admin'], email: 'administrator@example.org' }),
    artist: recorder.user(`artist-${random.between(100, 999)}`, { tenant: 'red', email: 'artist@example.org' }),
    partner: recorder.customer(partner),
    rotated: recorder.customer(rotated),
  };
}

async function manage(recorder: Recorder, ...args: string[]): Promise<{ id: string; name: string; secret: string }> {
  const { installation, build } = recorder.surroundings;
  const env = { PATH: process.env['PATH'], DATABASE_URL: installation.database.url };
  const { stdout } = await run(process.execPath, [join(build, 'dist/manage-customers.js'), ...args, '--json'], { env });
  return JSON.parse(stdout) as { id: string; name: string; secret: string };
}

async function create(recorder: Recorder, name: string, tenant?: string): Promise<DayCustomer> {
  const args = ['create', '--name', name, ...(tenant === undefined ? [] : ['--tenant', tenant])];
  const { id, secret } = await manage(recorder, ...args);
  const customer = { id, name, secret, previousSecret: null, isActive: true };
  recorder.customers.push(customer);
  return customer;
}

async function rotate(recorder: Recorder, customer: DayCustomer): Promise<DayCustomer> {
  const { secret } = await manage(recorder, 'rotate', customer.id, '--grace', '30d');
  return replace(recorder, customer, { secret, previousSecret: customer.secret });
}

async function disable(recorder: Recorder, customer: DayCustomer): Promise<void> {
  await manage(recorder, 'disable', customer.id);
  replace(recorder, customer, { isActive: false });
}

function replace(recorder: Recorder, customer: DayCustomer, change: Partial<DayCustomer>): DayCustomer {
  const changed = { ...customer, ...change };
  recorder.customers.splice(recorder.customers.indexOf(customer), 1, changed);
  return changed;
}

/** Somebody guesses secrets, from another address than the customer's own. */
async function failUntilBlocked(recorder: Recorder, id: string): Promise<void> {
  for (let attempt = 1; attempt <= 50; attempt += 1) {
    const { status } = await fetch(new URL('/api/v1/customer/exports', recorder.service.url), {
      headers: { authorization: basic(id, 'exsk_guessed'), 'X-Forwarded-For': '203.0.113.9' },
    });
    if (status === 429) return;
  }
  throw new Error('Whoever guesses secrets is not held back');
}
