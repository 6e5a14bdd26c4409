import { randomUUID } from 'node:crypto';
import { type ApiResponse, Client, type RequestHeaders } from '../support/client';
import { basic, type CustomerClient } from '../support/customers';
import { Installation } from '../support/installation';

const PATH = '/api/v1/customer/solo/sessions/';
const WRONG = 'exsk_wrong';

/** A route for external systems is opened by id and secret, and by nothing else. */
describe('The authentication of a customer', () => {
  let installation: Installation;
  let partner: CustomerClient;
  let disabled: CustomerClient;
  let anonymous: Client;

  beforeAll(async () => {
    installation = await Installation.create({ RATE_LIMIT_CUSTOMER_FAILURES: 'off', LOG_LEVEL: 'verbose' });
    await installation.startApplication({ ROLE: 'api' });
    partner = await installation.asCustomer();
    disabled = await installation.asCustomer({ isActive: false });
    anonymous = installation.asAnonymous();
  });

  afterAll(() => installation.remove());

  it.each<[string, (id: string, secret: string) => RequestHeaders]>([
    ['HTTP Basic', (id, secret) => ({ authorization: basic(id, secret) })],
    ['HTTP Basic in other letters', (id, secret) => ({ authorization: basic(id, secret).replace('Basic', 'bAsIc  ') })],
    ['an id in capitals', (id, secret) => ({ authorization: basic(id.toUpperCase(), secret) })],
    ['two headers', (id, secret) => ({ 'X-Customer-Id': id, 'X-Customer-Secret': secret })],
    [
      'two headers, beside what a proxy wants for itself',
      (id, secret) => ({ 'X-Customer-Id': id, 'X-Customer-Secret': secret, authorization: basic('proxy', 'word') }),
    ],
    [
      'two headers, from a page',
      (id, secret) => ({ 'X-Customer-Id': id, 'X-Customer-Secret': secret, 'Sec-Fetch-Site': 'cross-site' }),
    ],
    [
      'HTTP Basic, beside an id that a gateway adds',
      (id, secret) => ({ authorization: basic(id, secret), 'X-Customer-Id': 'gateway-7' }),
    ],
  ])('succeeds with %s', async (_, headersOf) => {
    expect((await anonymous.get(PATH, headersOf(partner.id, partner.secret))).status).toBe(200);
  });

  it('fails with the same response for every reason', async () => {
    const { id, secret } = partner;
    const unknown = randomUUID();
    const user = await installation.asUser(id);
    const attempts: [string, RequestHeaders][] = [
      ['nothing', {}],
      ['a wrong secret', { authorization: basic(id, WRONG) }],
      ['a secret that begins right', { authorization: basic(id, secret.slice(0, -1)) }],
      ['no secret', { authorization: basic(id, '') }],
      ['an unknown id', { authorization: basic(unknown, secret) }],
      ['an id of nobody', { authorization: basic('00000000-0000-0000-0000-000000000000', secret) }],
      ['a disabled customer', { authorization: basic(disabled.id, disabled.secret) }],
      ['a disabled customer’s wrong secret', { authorization: basic(disabled.id, WRONG) }],
      ['an id that is none', { authorization: basic('partner', secret) }],
      ['an id with a NUL', { authorization: basic('a\0b', secret) }],
      ['an id like a query', { authorization: basic(`' OR '1'='1`, secret) }],
      ['an id of 9000 letters', { authorization: basic('x'.repeat(9000), secret) }],
      ['no colon', { authorization: `Basic ${Buffer.from(id).toString('base64')}` }],
      ['no Base64', { authorization: 'Basic %%%' }],
      ['Basic and nothing', { authorization: 'Basic' }],
      ['a token', user.credentials],
      ['the secret as a token', { authorization: `Bearer ${secret}` }],
      ['headers with a wrong secret', { 'X-Customer-Id': id, 'X-Customer-Secret': WRONG }],
      ['headers with an unknown id', { 'X-Customer-Id': unknown, 'X-Customer-Secret': secret }],
      [
        'wrong headers beside what is right',
        { ...partner.credentials, 'X-Customer-Id': id, 'X-Customer-Secret': WRONG },
      ],
      ['what a browser remembers, for another page', { ...partner.credentials, 'Sec-Fetch-Site': 'cross-site' }],
      ['one header', { 'X-Customer-Secret': secret }],
      ['the other header', { 'X-Customer-Id': id }],
    ];

    const responses: [string, unknown][] = [];
    for (const [what, headers] of attempts) responses.push([what, told(await anonymous.get(PATH, headers))]);

    const [[, first]] = responses as [[string, { status: number; headers: object; body: object }]];
    expect(first.status).toBe(401);
    expect(first.headers).toMatchObject({
      'www-authenticate': 'Basic realm="Export Service", charset="UTF-8"',
      'content-type': expect.stringMatching(/^application\/problem\+json/),
    });
    expect(first.body).toMatchObject({ status: 401, title: 'Unauthorized', detail: expect.stringContaining('secret') });
    for (const response of responses) expect(response).toEqual([response[0], first]);
  });

  it('succeeds after any number of failures if the limit is off', async () => {
    for (let time = 0; time < 30; time += 1) await anonymous.get(PATH, { authorization: basic(partner.id, WRONG) });

    expect((await partner.get(PATH)).status).toBe(200);
  });

  it('changes nothing in the database', async () => {
    const before = await everything();

    for (let time = 0; time < 5; time += 1) expect((await partner.get(PATH)).status).toBe(200);

    expect(await everything()).toEqual(before);
  });

  it('leaves the secret in no output and in no table', async () => {
    await partner.startSession('ada');
    await anonymous.get(PATH, { 'X-Customer-Id': partner.secret, 'X-Customer-Secret': partner.secret });
    await anonymous.get(`${PATH}?cursor=${partner.secret}`, partner.credentials);
    await anonymous.post(PATH, { user_id: 7, secret: partner.secret }, partner.credentials);

    const rows = (await everything()).join('\n');
    const output = installation.applications.flatMap(({ output }) => output).join('\n');
    expect(rows).toContain(partner.id);
    for (const written of [rows, output]) {
      for (const secret of [partner.secret, disabled.secret, WRONG, partner.credentials['authorization']!.slice(6)])
        expect(written).not.toContain(secret);
    }
  });

  /** Every row of every table, as text. */
  async function everything(): Promise<string[]> {
    const tables = await installation.sql<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY name`,
    );
    const rows: string[] = [];
    for (const { name } of tables) {
      const found = await installation.sql<{ row: string }>(`SELECT '${name} ' || t::text AS row FROM ${name} AS t`);
      rows.push(...found.map(({ row }) => row).sort());
    }
    return rows;
  }
});

/** All of an answer that could tell one refusal from another. */
function told({ status, headers, text }: ApiResponse): unknown {
  const shown = Object.fromEntries(headers);
  for (const name of ['date', 'x-request-id']) expect(shown).toHaveProperty(name, expect.any(String));
  const { request_id: requestId, ...body } = JSON.parse(text) as Record<string, unknown>;
  expect(requestId).toBe(shown['x-request-id']);
  return { status, headers: { ...shown, date: '', 'x-request-id': '' }, body };
}
