import type { Client } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { Installation } from '../support/installation';

/** One user of an external system cannot use up what the others and the system itself may ask for. */
describe('The rate limit of a customer’s boards', () => {
  let installation: Installation;
  let partner: CustomerClient;
  let greedy: Client;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({
      RATE_LIMIT_BOARDS: '3/1h',
      RATE_LIMIT_CUSTOMERS: '5/1h',
    }));
    partner = await installation.asCustomer();
    greedy = await installation.asUser('greedy');
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  const exportOf = (client: Client, session: string) =>
    client.post(`/api/v1/solo/sessions/${session}/export/`, { format: 'json' });
  const exportOfPartner = (session: string) =>
    partner.post(`/api/v1/customer/solo/sessions/${session}/export/`, { format: 'json' });

  it('leaves the rest to other users of the customer, and rejects all when it is used up', async () => {
    const greedySession = await partner.startSession('greedy');
    const annSession = await partner.startSession('ann');

    const responses = await Promise.all(Array.from({ length: 10 }, () => exportOf(greedy, greedySession)));
    const anns = await exportOf(ann, annSession);
    const partners = await exportOfPartner(greedySession);
    const [annsSecond, partnersSecond] = [await exportOf(ann, annSession), await exportOfPartner(annSession)];

    expect(responses.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const { headers } of responses.filter(({ status }) => status === 429)) {
      expect(headers.get('ratelimit-policy')).toBe('"board";q=3;w=3600');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(3_500);
    }
    expect([anns.status, anns.headers.get('ratelimit-policy')]).toEqual([201, '"customer";q=5;w=3600']);
    expect([partners.status, partners.headers.get('ratelimit-policy')]).toEqual([201, '"board";q=5;w=3600']);
    expect([annsSecond.status, partnersSecond.status]).toEqual([429, 429]);
    expect(annsSecond.headers.get('ratelimit')).toMatch(/^"customer";r=0;t=\d+$/);
    expect(annsSecond.body).toMatchObject({ code: 'rate-limit-exceeded', detail: expect.stringContaining('external') });
  });

  it('counts the exports of the user’s own boards and of the customer’s boards together', async () => {
    const ben = await installation.asUser('ben');
    const other = await installation.asCustomer();
    const own = await ben.saveBoard(null);
    const shared = await other.startSession('ben');

    const responses = [];
    for (const session of [own, shared, own, shared, own]) responses.push((await exportOf(ben, session)).status);

    expect(responses).toEqual([201, 201, 201, 429, 429]);
  });
});
