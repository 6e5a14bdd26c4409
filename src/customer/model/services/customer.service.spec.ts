import { FakeCustomerRepository } from '../../../../test/fakes/customer.repository.fake';
import { FakeFailureRepository } from '../../../../test/fakes/failure.repository.fake';
import { FakeRecords } from '../../../../test/fakes/fake-records';
import { testConfig } from '../../../../test/support/test-config';
import { CustomerAdministration } from './customer-administration';
import { CustomerService } from './customer.service';
import { FailureLimit } from './failure-limit';

const LIMIT = 2;
const GRACE_SECONDS = 60;
const UNKNOWN = '00000000-0000-7000-8000-000000000000';

function setup() {
  const records = new FakeRecords();
  const customers = new FakeCustomerRepository(records);
  const config = testConfig({ RATE_LIMIT_CUSTOMER_FAILURES: `${LIMIT}/60s` });
  const administration = new CustomerAdministration(customers);
  const sut = new CustomerService(customers, new FailureLimit(config, new FakeFailureRepository(records)));
  const authenticate = (id: string, secret: string) => sut.authenticate({ id, secret }, '203.0.113.7');
  return { administration, authenticate, records };
}

/** The repository, whose calls are written down. */
function observed<Repository extends object>(repository: Repository, steps: string[]): Repository {
  return new Proxy(repository, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        steps.push(String(name));
        return Reflect.apply(member, target, given);
      };
    },
  });
}

describe('CustomerService', () => {
  it('authenticates by id and secret', async () => {
    const { administration, authenticate } = setup();
    const { customer, secret } = await administration.create('Partner', 'blue');

    expect(await authenticate(customer.id, secret)).toEqual({ customerId: customer.id, tenantId: 'blue' });
    expect(await authenticate(customer.id.toUpperCase(), secret)).toMatchObject({ customerId: customer.id });
  });

  it.each([
    ['another secret', (id: string) => [id, 'exsk_wrong'], 'wrong-secret'],
    ['an unknown id', (_: string, secret: string) => [UNKNOWN, secret], 'unknown'],
    ['a malformed id', (_: string, secret: string) => ['Partner', secret], 'unknown'],
  ] as const)('rejects %s', async (_, given, reason) => {
    const { administration, authenticate, records } = setup();
    const { customer, secret } = await administration.create('Partner', null);
    const [id, tried] = given(customer.id, secret);

    expect(await authenticate(id!, tried!)).toBeNull();
    expect(records.auditLog.at(-1)).toMatchObject({ action: 'customer.refused', details: { reason } });
  });

  it('authenticates by the previous secret during the grace period', async () => {
    const { administration, authenticate, records } = setup();
    const { customer, secret: previous } = await administration.create('Partner', null);
    const { secret } = await administration.rotate(customer.id, GRACE_SECONDS);

    expect(await authenticate(customer.id, previous)).not.toBeNull();
    records.clock.advance(GRACE_SECONDS + 1);
    expect(await authenticate(customer.id, previous)).toBeNull();
    expect(await authenticate(customer.id, secret)).not.toBeNull();
  });

  it('rejects a customer while it is disabled', async () => {
    const { administration, authenticate } = setup();
    const { customer, secret } = await administration.create('Partner', null);

    await administration.setActive(customer.id, false);
    const disabled = await authenticate(customer.id, secret);
    await administration.setActive(customer.id, true);

    expect([disabled, await authenticate(customer.id, secret)]).toEqual([null, expect.anything()]);
  });

  it('rejects even the right secret after too many failures', async () => {
    const { administration, authenticate } = setup();
    const { customer, secret } = await administration.create('Partner', null);
    for (let turn = 0; turn < LIMIT; turn++) await authenticate(customer.id, 'exsk_wrong');

    await expect(authenticate(customer.id, secret)).rejects.toMatchObject({ kind: 'limit' });
  });

  it('takes the same steps for every refusal, so that the response time reveals nothing', async () => {
    const records = new FakeRecords();
    const steps: string[] = [];
    const customers = observed(new FakeCustomerRepository(records), steps);
    const failures = observed(new FakeFailureRepository(records), steps);
    const sut = new CustomerService(customers, new FailureLimit(testConfig(), failures));
    const administration = new CustomerAdministration(customers);
    const [known, disabled] = [await administration.create('Known', null), await administration.create('Off', null)];
    await administration.setActive(disabled.customer.id, false);
    const kinds = {
      wrong: { id: known.customer.id, secret: 'exsk_wrong' },
      disabled: { id: disabled.customer.id, secret: disabled.secret },
      unknown: { id: UNKNOWN, secret: known.secret },
      malformed: { id: 'Partner', secret: known.secret },
    };

    const taken: [string, string[]][] = [];
    for (const [index, [kind, credentials]] of Object.entries(kinds).entries()) {
      steps.length = 0;
      expect(await sut.authenticate(credentials, `203.0.113.${index}`)).toBeNull();
      taken.push([kind, [...steps]]);
    }

    expect(taken).toEqual(
      Object.keys(kinds).map((kind) => [kind, ['read', 'find', 'add', 'report', 'deleteExpiredWindows']]),
    );
  });

  it.each([UNKNOWN, 'no-id'])('does not find the customer %s', async (id) => {
    const { administration } = setup();

    await expect(administration.rotate(id, 0)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(administration.setActive(id, true)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
