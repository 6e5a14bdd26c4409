import { randomUUID } from 'node:crypto';
import type { ApiResponse, Client } from '../support/client';
import { basic, type CustomerClient } from '../support/customers';
import { Installation } from '../support/installation';

const PATH = '/api/v1/customer/solo/sessions/';
const WRONG = 'exsk_wrong';
const LIMIT = 3;

/** Who guesses is held back, in every process; who does not is not. */
describe('Failed authentications of customers', () => {
  let installation: Installation;
  let here: Client;
  let there: Client;
  let partner: CustomerClient;
  let lastAddress = 0;

  beforeAll(async () => {
    installation = await Installation.create({
      RATE_LIMIT_CUSTOMER_FAILURES: `${LIMIT}/1h`,
      TRUSTED_PROXIES: 'loopback',
    });
    await Promise.all([installation.startApplication({ ROLE: 'api' }), installation.start({ ROLE: 'api' })]);
    here = installation.asAnonymous();
    there = await installation.asUser('unused', { at: installation.hosts[1] });
  });

  beforeEach(async () => {
    partner = await installation.asCustomer({ tenant: 'blue' });
  });

  afterAll(() => installation.remove());

  /** A new client address. */
  function newAddress(): string {
    lastAddress += 1;
    return `198.51.100.${lastAddress}`;
  }

  function attempt(id: string, secret: string, address: string, at = here): Promise<ApiResponse> {
    return at.get(PATH, { authorization: basic(id, secret), 'X-Forwarded-For': address });
  }

  async function fail(times: number, id: string, address: string): Promise<number[]> {
    const statuses: number[] = [];
    for (let time = 0; time < times; time += 1) {
      statuses.push((await attempt(id, WRONG, address, time % 2 ? there : here)).status);
    }
    return statuses;
  }

  /** Lets the window that is open come to its end. */
  async function endWindows(): Promise<void> {
    await installation.sql(`UPDATE customer_failures SET started_at = started_at - interval '1 hour'`);
  }

  it('are counted across all processes, and block even the right secret', async () => {
    const address = newAddress();

    const failures = await fail(LIMIT + 2, partner.id, address);
    const wrong = await attempt(partner.id, WRONG, address);
    const right = await attempt(partner.id, partner.secret, address, there);

    expect(failures).toEqual([401, 401, 401, 429, 429]);
    expect(right.status).toBe(429);
    const ofThisRequest = { detail: '', error: '', request_id: '' };
    expect({ ...right.body, ...ofThisRequest }).toEqual({ ...wrong.body, ...ofThisRequest });
    expect(right.body).toMatchObject({ status: 429, code: 'too-many-failures', detail: expect.stringMatching(/^Too/) });
    expect(right.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(3500);
    expect(Number(right.headers.get('retry-after'))).toBeLessThanOrEqual(3600);
  });

  it('do not block other addresses', async () => {
    await fail(LIMIT + 1, partner.id, newAddress());

    expect((await attempt(partner.id, partner.secret, newAddress())).status).toBe(200);
  });

  it('do not block another customer at the same address', async () => {
    const address = newAddress();
    const other = await installation.asCustomer();
    await fail(LIMIT + 1, partner.id, address);

    expect((await attempt(other.id, other.secret, address)).status).toBe(200);
  });

  it('with ever new ids are limited per address', async () => {
    const address = newAddress();
    const guesses = Array.from({ length: LIMIT * 5 }, () => randomUUID());

    const statuses: number[] = [];
    for (const id of guesses) statuses.push((await attempt(id, WRONG, address)).status);
    const right = await attempt(partner.id, partner.secret, address, there);
    const elsewhere = await attempt(partner.id, partner.secret, newAddress());

    expect(new Set(statuses)).toEqual(new Set([401]));
    expect([right.status, elsewhere.status]).toEqual([429, 200]);
  });

  it('with malformed ids count together', async () => {
    const address = newAddress();

    const statuses = [];
    for (const id of ['a', 'b', 'c', 'd']) statuses.push((await attempt(id, WRONG, address)).status);

    expect(statuses).toEqual([401, 401, 401, 429]);
  });

  it('from one IPv6 network count together', async () => {
    const addresses = ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:ffff::', '2001:db8:1:2:9::9'];

    const statuses = [];
    for (const address of addresses) statuses.push((await attempt(partner.id, WRONG, address)).status);
    const elsewhere = await attempt(partner.id, partner.secret, '2001:db8:1:3::1');

    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(elsewhere.status).toBe(200);
  });

  it('are limited exactly for concurrent requests', async () => {
    const address = newAddress();

    const responses = await Promise.all(
      Array.from({ length: 24 }, (_, index) => attempt(partner.id, WRONG, address, index % 2 ? there : here)),
    );

    expect(responses.filter(({ status }) => status === 401)).toHaveLength(LIMIT);
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(24 - LIMIT);
  });

  it('are deleted after their window has ended', async () => {
    const address = newAddress();
    await fail(LIMIT + 1, partner.id, address);

    await endWindows();
    const right = await attempt(partner.id, partner.secret, address);
    const wrong = await fail(LIMIT + 1, partner.id, address);

    expect(right.status).toBe(200);
    expect(wrong).toEqual([401, 401, 401, 429]);
    const kept = await installation.sql(`SELECT subject FROM customer_failures ORDER BY length(subject)`);
    expect(kept).toEqual([{ subject: address }, { subject: `${partner.id} from ${address}` }]);
  });

  it('do not include requests without credentials', async () => {
    const address = newAddress();

    for (let time = 0; time < LIMIT * 6; time += 1) {
      expect((await here.get(PATH, { 'X-Forwarded-For': address })).status).toBe(401);
    }

    expect((await attempt(partner.id, partner.secret, address)).status).toBe(200);
  });

  it('write one audit entry per minute and address, with the ids of known customers only', async () => {
    const [address, elsewhere] = [newAddress(), newAddress()];
    const unknown = randomUUID();
    const [{ last }] = (await installation.sql<{ last: string }>(
      'SELECT coalesce(max(id), 0) AS last FROM export_audit_log',
    )) as [{ last: string }];

    await fail(LIMIT + 2, partner.id, address);
    for (const id of [unknown, 'a text']) await attempt(id, WRONG, elsewhere);
    await installation.sql(`UPDATE audit_aggregates SET written_at = written_at - interval '61 seconds'`);
    await attempt(partner.id, WRONG, elsewhere);
    await fail(1, unknown, address);

    const entries = await installation.sql(
      `SELECT action, customer_id, tenant_id, user_id, address, details FROM export_audit_log WHERE id > $1 ORDER BY id`,
      last,
    );
    const refused = (from: string, details: object, customer_id: string | null, tenant_id: string | null) => ({
      action: 'customer.refused',
      user_id: null,
      customer_id,
      tenant_id,
      address: from,
      details,
    });
    expect(entries).toEqual([
      refused(address, { reason: 'wrong-secret', count: 1 }, partner.id, 'blue'),
      refused(elsewhere, { reason: 'unknown', count: 1 }, null, null),
      refused(elsewhere, { count: 2 }, null, null),
      refused(address, { count: 3 }, null, null),
    ]);
  });

  it('write no entry for each unknown id from one address', async () => {
    const address = newAddress();
    const before = await auditEntriesFrom(address);

    for (let guess = 0; guess < LIMIT * 5; guess += 1) await attempt(randomUUID(), WRONG, address);

    expect([before, await auditEntriesFrom(address)]).toEqual([0, 1]);
  });

  async function auditEntriesFrom(address: string): Promise<number> {
    const [row] = await installation.sql<{ count: number }>(
      'SELECT count(*)::int AS count FROM export_audit_log WHERE address = $1',
      address,
    );
    return row!.count;
  }
});

/** An `X-Forwarded-For` that anybody can send decides nothing. */
describe('The client address of a request', () => {
  it('is that of the connection if the proxy is not trusted', async () => {
    const { installation } = await Installation.withApplication({
      RATE_LIMIT_CUSTOMER_FAILURES: `${LIMIT}/1h`,
      TRUSTED_PROXIES: '192.0.2.0/24',
    });
    try {
      const partner = await installation.asCustomer();
      const statuses: number[] = [];
      for (let turn = 1; turn <= LIMIT + 1; turn += 1) {
        const headers = { authorization: basic(partner.id, WRONG), 'X-Forwarded-For': `198.51.100.${turn}` };
        statuses.push((await installation.asAnonymous().get(PATH, headers)).status);
      }

      const addresses = await installation.sql('SELECT DISTINCT address FROM export_audit_log');
      expect(statuses).toEqual([401, 401, 401, 429]);
      expect(addresses).toEqual([{ address: expect.stringContaining('127.0.0.1') }]);
    } finally {
      await installation.remove();
    }
  });
});
