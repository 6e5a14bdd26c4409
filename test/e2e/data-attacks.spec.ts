import { randomUUID } from 'node:crypto';
import { Client as Database } from 'pg';
import type { Client } from '../support/client';
import { addTableType, requestRows } from '../support/data';
import { addDataType, DATA_TYPES, freshName } from '../support/data-types';
import { Installation } from '../support/installation';
import { OpenResponse } from '../support/open-response';

const ANN = randomUUID();

describe('An attacker with a valid token', () => {
  let installation: Installation;
  let ann: Client;
  let root: Client;

  beforeAll(async () => {
    installation = await Installation.create();
    await installation.startApplication({ ROLE: 'api' });
    ann = await installation.asUser(ANN);
    root = await installation.asUser('root', { roles: ['admin'] });
  });

  afterAll(() => installation.remove());

  /** Sends JSON as it stands: JavaScript would take some keys for something else. */
  function ask(person: Client, json: string) {
    return person.post('/api/v1/exports', `{"type": "realtime", "format": "ndjson", ${json}}`);
  }

  describe('with names of JavaScript built-ins', () => {
    beforeAll(async () => {
      await installation.sql(`
        CREATE TABLE constructor (user_id uuid, n int, "__proto__" text, "prototype" text, "constructor" text);
        INSERT INTO constructor SELECT '${ANN}', n, n, n, n FROM generate_series(1, 3) n`);
      await addTableType(installation, 'constructor');
    });

    it.each(['__proto__', 'prototype', 'constructor'])('can filter by a column named %s', async (name) => {
      const response = await ask(ann, `"data_types": ["constructor"], "filters": {"constructor": {"${name}": "2"}}`);

      expect(response.status).toBe(200);
      expect(response.text.trim().split('\n')).toEqual([expect.stringContaining('"n":2')]);
    });

    it.each([
      ['table', '{"__proto__": {"n": 2}}', 'filters.__proto__'],
      ['table', '{"prototype": {"n": 2}}', 'filters.prototype'],
      ['column', '{"constructor": {"toString": 2}}', 'filters.constructor.toString'],
      ['operator', '{"constructor": {"n": {"__proto__": 2}}}', 'filters.constructor.n.__proto__'],
      ['operator', '{"constructor": {"n": {"constructor": 2}}}', 'filters.constructor.n.constructor'],
    ])('gets an error for the unknown %s in %s', async (_, filters, field) => {
      const { status, body } = await ask(ann, `"data_types": ["constructor"], "filters": ${filters}`);

      expect({ status, errors: body.errors as unknown }).toEqual({
        status: 400,
        errors: [{ field, message: expect.any(String), code: expect.any(String) }],
      });
    });

    it('can administer a table with such a name', async () => {
      const name = freshName();

      const { status, body } = await root.post(
        DATA_TYPES,
        `{"name": "${name}", "tables": ["constructor"], "columns": {"constructor": ["n", "__proto__"]}, "owners": {"constructor": null}}`,
      );

      expect({ status, body }).toMatchObject({
        status: 201,
        body: { columns: { constructor: ['n', '__proto__'] }, owners: { constructor: null } },
      });
      const refused = await root.post(
        DATA_TYPES,
        `{"name": "${freshName()}", "tables": ["users"], "owners": {"__proto__": "id"}}`,
      );
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toMatchObject([{ field: 'owners.__proto__' }]);
    });
  });

  it('does not see columns that only administrators may export', async () => {
    await installation.sql(
      `INSERT INTO users (id, name, email, password_hash) VALUES ($1, 'Ann', 'ann@example.com', 'a secret hash')`,
      ANN,
    );
    await addDataType(root, {
      name: 'a first one',
      tables: ['users'],
      columns: { users: ['id', 'password_hash'] },
      owners: { users: null },
    });

    const document = await ann.get(`/api/v1/export/user/${ANN}`);

    expect(document.body.profile).toMatchObject({ id: ANN, name: 'Ann' });
    expect(document.text).not.toContain('secret hash');
  });

  describe('with an id similar to another user’s', () => {
    const LONG = `${'t'.repeat(63)}1`;
    const ID_COLUMNS = [
      ['without regard to case', 'citext', 'acme', 'ACME'],
      ['by a collation that does not see case', 'text COLLATE public.no_case', 'acme', 'Acme'],
      ['without the blanks at its end', 'char(8)', 'acme', 'acme  '],
      ['cut off', 'name', LONG, `${LONG}2`],
      ['by an operator of the same name', 'varchar', 'acme', 'other'],
      ['as a number', 'integer', '7', '07'],
      ['as an exact number', 'numeric', '7', '7.0'],
    ] as const;

    beforeAll(async () => {
      await installation.sql(`
        CREATE EXTENSION citext;
        CREATE COLLATION public.no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE FUNCTION public.always(varchar, varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
        CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = public.always)`);
    });

    it.each(ID_COLUMNS)('gets no row of the other, told %s', async (_, type, tenant, nearly) => {
      const table = `of_tenants_${freshName().replace(' ', '_')}`;
      await installation.sql(`CREATE TABLE ${table} (n int, tenant_id ${type})`);
      await installation.sql(`INSERT INTO ${table} VALUES (1, '${type === 'name' ? LONG.slice(0, 63) : tenant}')`);
      await addTableType(installation, table, { owner: 'tenant_id' });
      const rowsOf = async (id: string) => {
        const { status, text } = await ask(await installation.asUser(id), `"data_types": ["${table}"]`);
        return { status, rows: text.split('\n').length - 1 };
      };

      const [own, others] = [await rowsOf(type === 'name' ? LONG.slice(0, 63) : tenant), await rowsOf(nearly)];

      expect(own).toEqual({ status: 200, rows: 1 });
      expect(others).toEqual({ status: 200, rows: 0 });
    });
  });

  it('gets all rows of a user id with an unknown UUID version', async () => {
    const id = '11111111-1111-1111-1111-111111111111';
    await installation.sql(`INSERT INTO users (id, name, email) VALUES ($1, 'Odd', 'odd@example.com')`, id);

    const document = await (await installation.asUser(id)).get(`/api/v1/export/user/${id}`);

    expect(document.body.profile).toMatchObject({ id, name: 'Odd' });
  });

  it('gets an error for a text that PostgreSQL cannot store', async () => {
    const filters = '{"users": {"name": "\\ud800"}}';

    const { status, body } = await ask(
      ann,
      `"data_types": ["profile"], "columns": {"users": ["id"]}, "filters": ${filters}`,
    );

    expect({ status, fields: body.errors }).toEqual({
      status: 400,
      fields: [{ field: 'filters.users.name', message: expect.stringContaining('surrogate'), code: 'invalid' }],
    });
  });

  describe('by occupying shared resources', () => {
    const BODY = { type: 'realtime', format: 'ndjson', data_types: ['long'] };

    beforeAll(async () => {
      await installation.sql(`
        CREATE VIEW long AS
        SELECT n AS id, u AS user_id, repeat('x', 1000) AS filler
        FROM generate_series(1, 100000) n, unnest(ARRAY['${ANN}', 'b', 'c', 'd']) u`);
      await addTableType(installation, 'long');
    });

    it('has a limited number of concurrent streams', async () => {
      const streams = await Promise.all([1, 2, 3].map(() => OpenResponse.toPost(ann, '/api/v1/exports', BODY)));

      const refused = await ann.post('/api/v1/exports', BODY);
      streams[0]!.disconnect();
      await ann.reaches(streams[0]!.exportId, 'failed');
      const next = await OpenResponse.toPost(ann, '/api/v1/exports', BODY);

      expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-streams' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(next.status).toBe(200);
      for (const stream of [...streams, next]) {
        stream.disconnect();
        await ann.reaches(stream.exportId, 'failed');
      }
    });

    it('does not use up the connections for other users’ files', async () => {
      const at = await installation.startApplication({ EXPORT_CONCURRENCY: '1' });
      const people = await Promise.all([ANN, 'b', 'c', 'd'].map((id) => installation.asUser(id, { at })));
      const open = (person: Client) => OpenResponse.toPost(person, '/api/v1/exports', BODY);
      const streams = await Promise.all(people.flatMap((person) => [open(person), open(person)]));
      const waiting = Promise.all(people.map(open));

      const record = await ann.finished(await requestRows(ann, 'profile'), { within: 8_000 });

      expect(streams.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(record.status).toBe('completed');
      for (const stream of streams) stream.disconnect();
      for (const stream of await waiting) stream.disconnect();
    });

    it('does not block other users by exporting a locked table', async () => {
      const altering = new Database({ connectionString: installation.database.url });
      await altering.connect();
      await installation.sql(`CREATE TABLE altered (user_id text)`);
      await addTableType(installation, 'altered');
      await altering.query('BEGIN; LOCK TABLE altered');

      const waiting = await Promise.all(
        [1, 2, 3, 4].map(() => ann.post('/api/v1/exports', { ...BODY, data_types: ['altered'] })),
      );

      await altering.end();
      expect(waiting.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
      expect(waiting[0]!.headers.get('retry-after')).not.toBeNull();
    });
  });
});
