import { CustomerProgram } from '../../../src/customer/api/customer-program';
import { usageFor } from '../../../src/customer/api/customer-command';
import type { Customer } from '../../../src/customer/model/domain/customer';
import { CustomerRepository } from '../../../src/customer/model/domain/interfaces/customer.repository';
import { CustomerAdministration } from '../../../src/customer/model/services/customer-administration';

const ID = '0199f3a2-7c1e-7d3a-9b62-1f0c5a6e8d11';
const UNTIL = new Date('2026-11-29T12:34:56.789Z');
const MADE = '"created_at":"2026-11-28T12:34:56.789Z"';
const customer: Customer = {
  id: ID,
  tenantId: 'blue',
  name: 'Академія "7"',
  isActive: true,
  secretHash: '0'.repeat(64),
  previousSecret: null,
  createdAt: new Date('2026-11-28T12:34:56.789Z'),
};
const rotated: Customer = { ...customer, tenantId: null, previousSecret: { hash: '1'.repeat(64), endsAt: UNTIL } };

/** Customers in the memory of a test. */
class KnownCustomers extends CustomerRepository {
  override create = () => Promise.resolve(customer);
  override rotate = () => Promise.resolve(rotated);
  override setActive = (_: string, isActive: boolean) =>
    Promise.resolve({ customer: { ...customer, isActive }, isChanged: true });
  override list = () => Promise.resolve([customer, rotated]);
  override find = () => Promise.resolve(customer);
}

/** `npm run customer -- … --json` is called by other programs. */
describe('The machine-readable output of the customer program', () => {
  const program = new CustomerProgram(new CustomerAdministration(new KnownCustomers()));
  const shown = (tenant: string, active: boolean, until: string) =>
    `"id":"${ID}","name":"Академія \\"7\\"","tenant_id":${tenant},"active":${active},"former_secret_ends_at":${until},${MADE}`;
  const current = shown('"blue"', true, 'null');
  const former = shown('null', true, '"2026-11-29T12:34:56.789Z"');

  it.each<[string[], string]>([
    [['create', '--name', 'Академія "7"', '--tenant', 'blue', '--json'], `{${current},"secret":"…"}\n`],
    [['rotate', ID, '--grace', '24h', '--json'], `{${former},"secret":"…"}\n`],
    [['disable', ID, '--json'], `{${shown('"blue"', false, 'null')}}\n`],
    [['enable', ID, '--json'], `{${current}}\n`],
    [['list', '--json'], `[{${current}},{${former}}]\n`],
  ])('%j', async (args, expected) => {
    const printed = await program.run(args);

    expect(printed.replace(/"exsk_[\w-]{43}"/, '"…"')).toBe(expected);
  });

  it('prints its usage', () => {
    const usage = usageFor(['--help'])!;

    for (const form of [
      'create --name <name> [--tenant <id>]',
      'rotate <id> [--grace 24h]',
      'disable <id>',
      'enable <id>',
      'list',
      '--json',
    ])
      expect(usage).toContain(form);
  });
});
