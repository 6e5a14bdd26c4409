import { randomUUID } from 'node:crypto';
import { type ApiResponse, type Client, follow } from '../support/client';
import { addTableType, requestTables } from '../support/data';
import { Installation } from '../support/installation';

const STATEMENTS = [
  `'`,
  `' OR '1'='1`,
  `'; DROP TABLE transactions; --`,
  `" OR true --`,
  `\\' OR true --`,
  `$$; SELECT pg_sleep(10); $$`,
  `1) UNION SELECT password_hash FROM users --`,
  `E'\\x27`,
  `\u2019 OR true`,
  `a\nb`,
];
const PROTOTYPE_KEYS = ['constructor', 'prototype', 'toString', 'hasOwnProperty', '__proto__', '__defineGetter__'];
const NAMES = [
  ...STATEMENTS,
  ...PROTOTYPE_KEYS,
  'TRANSACTIONS',
  'public.transactions',
  'pg_catalog.pg_authid',
  'information_schema.tables',
  'export_data_types',
  'exports',
  'transactions ',
  'x'.repeat(5_000),
  '\0',
  'transactions\0',
  '\ud800',
  '',
];

describe('Hostile requests for rows', () => {
  let installation: Installation;
  let admin: Client;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    const id = randomUUID();
    admin = await installation.asUser('root', { roles: ['admin'] });
    ann = await installation.asUser(id);
    await installation.sql(
      `INSERT INTO users (id, name, email) VALUES ($1, 'Ann', 'ann@example.com'), (gen_random_uuid(), 'Bob', 'bob@example.com')`,
      id,
    );
    await installation.sql(
      `INSERT INTO transactions (user_id, amount, currency, status, description)
       SELECT users.id, n, 'EUR', 'paid', 'text ' || n FROM users, generate_series(1, 10) n`,
    );
  });

  afterAll(() => installation.remove());

  /** Bodies are written as text: a literal would lose `__proto__`. */
  function ask(person: Client, fields: Readonly<Record<string, string>>): Promise<ApiResponse> {
    const all = {
      type: '"partial"',
      format: '"csv"',
      data_types: '["transactions"]',
      ...fields,
    };
    const body = Object.entries(all).map(([name, json]) => `${JSON.stringify(name)}:${json}`);
    return person.post('/api/exports', `{${body.join(',')}}`);
  }

  /** Refused by name, whatever the name is. */
  function expectRefused({ status, body, text }: ApiResponse): void {
    expect([status, text]).toEqual([400, text]);
    expect(body.errors?.length ?? 0).toBeGreaterThan(0);
  }

  it.each(NAMES)('as a table, a data type, a column or an operator are refused: %j', async (name) => {
    const key = JSON.stringify(name);

    const responses = [
      await admin.post('/api/export/bulk', `{"tables":[${key}],"format":"csv"}`),
      await ask(ann, { data_types: `[${key}]` }),
      await ask(ann, { filters: `{${key}:{}}` }),
      await ask(ann, { filters: `{${key}:"2026-01-01"}` }),
      await ask(ann, { filters: `{"transactions":{${key}:{"eq":1}}}` }),
      await ask(ann, { filters: `{"transactions":{${key}:1}}` }),
      await ask(ann, { filters: `{"transactions":{"amount":{${key}:1}}}` }),
      await ask(ann, { columns: `[${key}]` }),
      await ask(ann, { columns: `{"transactions":[${key}]}` }),
      await ask(ann, { columns: `{${key}:["id"]}` }),
      await ask(ann, { options: `{"columns":{${key}:["id"]}}` }),
      await ask(ann, { options: `{"timezone":${key}}` }),
      await ask(ann, { options: `{"delimiter":${key}}` }),
      await ask(ann, { format: key }),
      await ask(ann, { type: key }),
    ];

    for (const response of responses) expectRefused(response);
  });

  it.each(PROTOTYPE_KEYS)('whose field is %s do not come through unnoticed', async (key) => {
    for (const response of [
      await ask(ann, { [key]: '{}' }),
      await ask(ann, { options: `{"${key}":{}}` }),
      await ask(ann, { options: `{"${key}":true}` }),
    ]) {
      expectRefused(response);
    }
  });

  it.each([...STATEMENTS, '\ud800', 'x'.repeat(100_000), '%', '_', 'constructor'])(
    'as a value match only rows with exactly that value: %j',
    async (value) => {
      for (const operator of ['eq', 'in', 'like']) {
        const operand = operator === 'in' ? [value] : value;
        const response = await ask(ann, {
          filters: JSON.stringify({ transactions: { description: { [operator]: operand } } }),
        });
        if (response.status === 400) continue;
        expect(response.status).toBe(201);
        const { status, record_count: count } = await ann.finished(response.body.id as string);
        expect([status, count]).toEqual(['completed', operator === 'like' && value === '%' ? 10 : 0]);
      }
    },
  );

  it.each([
    ['amount', '"1 OR 1=1"'],
    ['amount', '"1e400000"'],
    ['amount', '1e400'],
    ['amount', '-1e400'],
    ['amount', '9007199254740993'],
    ['amount', 'null'],
    ['amount', '[]'],
    ['amount', '[1]'],
    ['amount', '{"eq":{"eq":1}}'],
    ['amount', '{"eq":[1]}'],
    ['amount', '{"in":1}'],
    ['amount', '{"in":"1"}'],
    ['amount', '{"in":{"0":1}}'],
    ['amount', '{"in":[[1]]}'],
    ['amount', '{"in":[null]}'],
    ['amount', `{"in":[${'1,'.repeat(1_000)}1]}`],
    ['amount', '{"like":"1%"}'],
    ['amount', '{"isNull":"true"}'],
    ['amount', '{"isNull":1}'],
    ['amount', '{"gte":"\\u0000"}'],
    ['id', '"no-uuid"'],
    ['is_refund', '"perhaps"'],
    ['created_at', '"2026-02-31"'],
    ['created_at', '"soon"'],
    ['metadata', '{"eq":"{"}'],
    ['description', '{"like":"x\\\\"}'],
    ['description', '{"eq":"\\u0000"}'],
    ['description', '{"eq":"a\\u0000b"}'],
    ['dateFrom', '5'],
    ['dateFrom', '{}'],
    ['dateFrom', '"2026-13-01"'],
    ['dateFrom', '"2026-02-29"'],
    ['dateTo', '"2026-01-01\' OR true"'],
    ['dateTo', '"99999-01-01"'],
    ['dateTo', 'null'],
  ])('by %s with %s are rejected', async (column, json) => {
    expectRefused(await ask(ann, { filters: `{"transactions":{"${column}":${json}}}` }));
  });

  it.each([
    '[]',
    '"all"',
    '1',
    'true',
    '[["transactions",{}]]',
    '{"transactions":[]}',
    '{"transactions":null}',
    '{"transactions":"x"}',
  ])('with the filters %s are rejected', async (filters) => {
    expectRefused(await ask(ann, { filters }));
  });

  it.each([
    '{"transactions":[]}',
    '{"transactions":"id"}',
    '{"transactions":[1]}',
    '[]',
    '[[]]',
    '"id"',
    '{"transactions":{}}',
    '0',
  ])('with the columns %s are rejected', async (columns) => {
    expectRefused(await ask(ann, { columns }));
  });

  it('with deep nesting are rejected', async () => {
    const deep = (depth: number) => `${'{"transactions":'.repeat(depth)}1${'}'.repeat(depth)}`;

    for (const depth of [3, 20, 100, 10_000]) {
      const { status } = await ask(ann, { filters: deep(depth) });
      expect([depth, status]).toEqual([depth, 400]);
    }
    expect((await ask(ann, { filters: '{"a":'.repeat(50) })).status).toBe(400);
  });

  it('can export a table and columns with unusual names', async () => {
    const table = `od"d; DROP TABLE users; --'`;
    await installation.sql(
      `CREATE TABLE "od""d; DROP TABLE users; --'" ("user_id" uuid, "a""b,c" int, "__proto__" int, "constructor" int, "dateFrom'" text)`,
    );
    await installation.sql(
      `INSERT INTO "od""d; DROP TABLE users; --'" VALUES (gen_random_uuid(), 1, 2, 3, 'x'), (null, 5, 6, 7, 'y')`,
    );
    await addTableType(installation, table);

    const id = await requestTables(admin, {
      tables: [table],
      columns: ['constructor', 'a"b,c', '__proto__'],
      filters: { [table]: { 'a"b,c': { lt: 5 }, "dateFrom'": { in: ['x', 'y'] } } },
    });
    const record = await admin.finished(id);

    expect(record).toMatchObject({ status: 'completed', record_count: 1 });
    expect((await follow(record.file_url)).text).toBe('constructor,"a""b,c",__proto__\n3,1,2\n');
  });

  it('change nothing in the database', async () => {
    expect(await installation.sql('SELECT count(*)::int FROM transactions')).toEqual([{ count: 20 }]);
    expect(installation.host.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
