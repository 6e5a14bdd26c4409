import { FakeFailureRepository } from '../../../../test/fakes/failure.repository.fake';
import { FakeRecords } from '../../../../test/fakes/fake-records';
import { testConfig } from '../../../../test/support/test-config';
import type { FailedAttempt } from '../domain/interfaces/failure.repository';
import { FailureLimit } from './failure-limit';

const LIMIT = 3;
const ADDRESS_LIMIT_FACTOR = 5;
const WINDOW_SECONDS = 60;
const [OFFICE, ELSEWHERE] = ['203.0.113.7', '198.51.100.1'];
const TOO_MANY = { kind: 'limit', code: 'too-many-failures' };

function setup(limit = `${LIMIT}/${WINDOW_SECONDS}s`) {
  const records = new FakeRecords();
  const config = testConfig({ RATE_LIMIT_CUSTOMER_FAILURES: limit });
  const sut = new FailureLimit(config, new FakeFailureRepository(records));
  const attempt = (customerId: string | null): FailedAttempt => ({
    customerId,
    tenantId: null,
    reason: 'wrong-secret',
  });
  const fail = async (id: string | null, network: string, times = 1) => {
    for (let turn = 0; turn < times; turn++) await sut.recordFailure(id, attempt(id), network);
  };
  const mayTry = (id: string | null, network: string) => sut.requireBelowLimit(id, network);
  return { records, fail, mayTry };
}

describe('FailureLimit', () => {
  it('allows attempts below the limit', async () => {
    const { fail, mayTry } = setup();
    await fail('partner', OFFICE, LIMIT - 1);

    await expect(mayTry('partner', OFFICE)).resolves.toBeUndefined();
  });

  it('blocks an id and address after too many failures, until the window ends', async () => {
    const { fail, mayTry, records } = setup();
    await fail('partner', OFFICE, LIMIT);
    records.clock.advance(20);

    await expect(mayTry('partner', OFFICE)).rejects.toMatchObject({ ...TOO_MANY, details: { retryAfterSeconds: 40 } });

    records.clock.advance(41);
    await expect(mayTry('partner', OFFICE)).resolves.toBeUndefined();
  });

  it('does not block other addresses or ids', async () => {
    const { fail, mayTry } = setup();
    await fail('partner', OFFICE, LIMIT);

    await expect(mayTry('partner', ELSEWHERE)).resolves.toBeUndefined();
    await expect(mayTry('rival', OFFICE)).resolves.toBeUndefined();
  });

  it('blocks an address that fails for many ids', async () => {
    const { fail, mayTry } = setup();
    for (let id = 1; id < LIMIT * ADDRESS_LIMIT_FACTOR; id++) await fail(`id-${id}`, OFFICE);
    const before = mayTry('another', OFFICE);
    await expect(before).resolves.toBeUndefined();
    await fail('the last', OFFICE);

    await expect(mayTry('another', OFFICE)).rejects.toMatchObject(TOO_MANY);
    await expect(mayTry('another', ELSEWHERE)).resolves.toBeUndefined();
  });

  it('counts malformed ids together', async () => {
    const { fail, mayTry } = setup();
    await fail(null, OFFICE, LIMIT);

    await expect(mayTry(null, OFFICE)).rejects.toMatchObject(TOO_MANY);
  });

  it('rejects an attempt if concurrent ones used up the limit', async () => {
    const { fail } = setup();
    await fail('partner', OFFICE, LIMIT);

    await expect(fail('partner', OFFICE)).rejects.toMatchObject(TOO_MANY);
  });

  it('writes failures to the audit log, one entry per minute', async () => {
    const { fail, records } = setup();
    await fail('partner', OFFICE, 2);
    records.clock.advance(WINDOW_SECONDS + 1);
    await fail('partner', OFFICE);

    const entries = records.auditLog.map(({ action, customerId, details }) => [action, customerId, details?.['count']]);

    expect(entries).toEqual([
      ['customer.refused', 'partner', 1],
      ['customer.refused', 'partner', 2],
    ]);
  });

  it('blocks nobody if the limit is off, and still writes to the audit log', async () => {
    const { fail, mayTry, records } = setup('off');
    await fail('partner', OFFICE, 20 * LIMIT);

    await expect(mayTry('partner', OFFICE)).resolves.toBeUndefined();
    expect(records.auditLog).toHaveLength(1);
  });
});
