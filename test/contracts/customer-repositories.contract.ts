import { randomUUID } from 'node:crypto';
import type { Customer } from '../../src/customer/model/domain/customer';
import { hashSecret, generateSecret } from '../../src/customer/model/domain/customer';
import { AUDIT_WINDOW_SECONDS } from '../../src/platform/audit/aggregated-audit';
import type { CreateCustomers, CustomersUnderTest } from '../support/customers-under-test';

const NOBODY_ID = '00000000-0000-7000-8000-000000000000';
const GRACE_SECONDS = 60;
const WINDOW_SECONDS = 30;

/** What the repositories of external systems, and of who pretends to be one, have to keep. */
export function describeCustomerRepositories(name: string, create: CreateCustomers): void {
  describe(name, () => {
    let bench: CustomersUnderTest;

    beforeAll(async () => {
      bench = await create();
    });
    afterAll(() => bench.end());

    const hash = () => hashSecret(generateSecret());

    describe('customers', () => {
      const make = (secretHash = hash()): Promise<Customer> =>
        bench.customers.create({ tenantId: 'blue', name: 'Partner', secretHash });

      const actions = async ({ id }: Customer) => (await bench.auditOf(id)).map(({ action }) => action);

      it('are created active and without a previous secret', async () => {
        const secretHash = hash();

        const customer = await make(secretHash);

        expect(customer).toMatchObject({ name: 'Partner', tenantId: 'blue', isActive: true, secretHash });
        expect(customer.previousSecret).toBeNull();
        expect(await bench.customers.find(customer.id)).toEqual(customer);
        expect(await bench.auditOf(customer.id)).toEqual([
          { action: 'customer.created', details: { name: 'Partner' } },
        ]);
      });

      it('are not found under an unknown id', async () => {
        expect(await bench.customers.find(NOBODY_ID)).toBeNull();
        expect(await bench.customers.rotate(NOBODY_ID, hash(), 0)).toBeNull();
        expect(await bench.customers.setActive(NOBODY_ID, false)).toBeNull();
      });

      it('are listed oldest first', async () => {
        const [one, other] = [await make(), await make()];

        const ids = (await bench.customers.list()).map(({ id }) => id);

        expect(ids.slice(-2)).toEqual([one.id, other.id]);
      });

      it('keep their previous secret for its grace period', async () => {
        const before = await make();
        const secretHash = hash();

        const rotated = await bench.customers.rotate(before.id, secretHash, GRACE_SECONDS);
        await bench.advance(GRACE_SECONDS - 2);
        const during = await bench.customers.find(before.id);
        await bench.advance(3);
        const after = await bench.customers.find(before.id);

        expect(rotated).toMatchObject({ secretHash, previousSecret: { hash: before.secretHash } });
        expect(during?.previousSecret?.hash).toBe(before.secretHash);
        expect(after).toMatchObject({ secretHash, previousSecret: null });
      });

      it('lose their previous secret at once without a grace period', async () => {
        const { id } = await make();

        expect(await bench.customers.rotate(id, hash(), 0)).toMatchObject({ previousSecret: null });
      });

      it('have only the last previous secret', async () => {
        const { id } = await make();
        const second = hash();
        await bench.customers.rotate(id, second, GRACE_SECONDS);

        expect(await bench.customers.rotate(id, hash(), GRACE_SECONDS)).toMatchObject({
          previousSecret: { hash: second },
        });
      });

      it('lose their previous secret when disabled, and get none by a rotation', async () => {
        const customer = await make();
        await bench.customers.rotate(customer.id, hash(), GRACE_SECONDS);

        const disabled = await bench.customers.setActive(customer.id, false);
        const rotated = await bench.customers.rotate(customer.id, hash(), GRACE_SECONDS);
        const enabled = await bench.customers.setActive(customer.id, true);

        expect(disabled).toMatchObject({ isChanged: true, customer: { isActive: false, previousSecret: null } });
        expect(rotated).toMatchObject({ isActive: false, previousSecret: null });
        expect(enabled).toMatchObject({ isChanged: true, customer: { isActive: true, previousSecret: null } });
        const steps = ['created', 'rotated', 'disabled', 'rotated', 'enabled'];
        expect(await actions(customer)).toEqual(steps.map((step) => `customer.${step}`));
      });

      it('are not changed and not audited if they already have the requested state', async () => {
        const customer = await make();
        const rotated = await bench.customers.rotate(customer.id, hash(), GRACE_SECONDS);

        expect(await bench.customers.setActive(customer.id, true)).toEqual({ customer: rotated, isChanged: false });
        expect(await actions(customer)).toEqual(['customer.created', 'customer.rotated']);
      });

      it('do not affect each other', async () => {
        const [customer, other] = [await make(), await make()];

        await bench.customers.rotate(customer.id, hash(), GRACE_SECONDS);
        await bench.customers.setActive(customer.id, false);

        expect(await bench.customers.find(other.id)).toEqual(other);
      });
    });

    describe('failures', () => {
      let subject: string;

      beforeEach(() => {
        subject = `${randomUUID()} from 203.0.113.7`;
      });

      const read = async () => (await bench.failures.read([subject], WINDOW_SECONDS))[0];

      it('are not counted before the first', async () => {
        expect(await read()).toBeUndefined();
      });

      it('are counted per subject in a window that starts with the first', async () => {
        const other = `${subject}, another`;
        const first = await bench.failures.add([subject, other], WINDOW_SECONDS);
        await bench.advance(10);

        const second = await bench.failures.add([subject], WINDOW_SECONDS);

        expect(new Set(first.map((count) => [count.subject, count.failures].join()))).toEqual(
          new Set([`${subject},1`, `${other},1`]),
        );
        expect(second).toMatchObject([{ subject, failures: 2 }]);
        expect(await read()).toMatchObject({ subject, failures: 2 });
        expect(second[0]!.resetSeconds).toBeGreaterThan(WINDOW_SECONDS - 13);
        expect(second[0]!.resetSeconds).toBeLessThanOrEqual(WINDOW_SECONDS - 10);
      });

      it('are all counted when they are concurrent', async () => {
        await Promise.all(Array.from({ length: 8 }, () => bench.failures.add([subject], WINDOW_SECONDS)));

        expect(await read()).toMatchObject({ failures: 8 });
      });

      it('start again from one after the window has ended', async () => {
        await bench.failures.add([subject], WINDOW_SECONDS);
        await bench.failures.add([subject], WINDOW_SECONDS);
        await bench.advance(WINDOW_SECONDS - 2);
        const during = await read();
        await bench.advance(3);
        const after = await read();

        const again = await bench.failures.add([subject], WINDOW_SECONDS);

        expect([during?.failures, after, again[0]?.failures]).toEqual([2, undefined, 1]);
        expect(again[0]!.resetSeconds).toBeGreaterThan(WINDOW_SECONDS - 3);
      });

      it('are aggregated to one audit entry per minute', async () => {
        const customerId = randomUUID();
        const report = () => bench.failures.report({ customerId, tenantId: 'blue', reason: 'wrong-secret' });
        await bench.advance(AUDIT_WINDOW_SECONDS + 1);
        await bench.failures.add([subject], WINDOW_SECONDS);

        for (let time = 0; time < 3; time += 1) await report();
        await bench.advance(AUDIT_WINDOW_SECONDS + 1);
        await report();

        expect(await bench.auditOf(customerId)).toEqual([
          { action: 'customer.refused', details: { reason: 'wrong-secret', count: 1 } },
          { action: 'customer.refused', details: { reason: 'wrong-secret', count: 3 } },
        ]);
      });

      it('are deleted after their window has ended, and not before', async () => {
        await bench.failures.add([subject], WINDOW_SECONDS);
        await bench.failures.deleteExpiredWindows(WINDOW_SECONDS);
        expect(await read()).toMatchObject({ failures: 1 });
        await bench.advance(WINDOW_SECONDS + 1);

        await bench.failures.deleteExpiredWindows(WINDOW_SECONDS);

        expect(await bench.failures.read([subject], 10 * WINDOW_SECONDS)).toEqual([]);
      });
    });
  });
}
