import type { Client } from '../support/client';
import { addDataType, DATA_TYPES, type DataType, freshName } from '../support/data-types';
import { Installation } from '../support/installation';

const NOT_FOUND = { status: 404, detail: 'Data type not found' };

interface Described {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

describe('The catalog', () => {
  let installation: Installation;
  let root: Client;
  let ann: Client;

  beforeAll(async () => {
    installation = await Installation.create();
    await installation.startApplication({ ROLE: 'api' });
    root = await installation.asUser('root', { roles: ['admin'] });
    ann = await installation.asUser('ann', { tenant: 'blue' });
    await installation.sql(`
      CREATE SCHEMA audit;
      CREATE TABLE audit.logins (user_id text, at timestamptz);
      CREATE TABLE loose (id integer, "odd ""name""" text);
      CREATE VIEW latest_invoices AS SELECT * FROM invoices`);
  });

  afterAll(() => installation.remove());

  it('lists data types by name for every caller, under a path that is not an export id', async () => {
    const listed = await ann.get(DATA_TYPES);
    const versioned = await ann.get('/api/v1/exports/data-types/');

    expect([listed.status, versioned.status]).toEqual([200, 200]);
    expect(listed.body).toMatchObject({ count: listed.body.results.length, next: null });
    expect(versioned.body).toEqual(listed.body);
    const names = (listed.body.results as DataType[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['profile', 'biometric', 'documents', 'payments', 'activity']));
    expect(names).toEqual([...names].sort());
    const profile = listed.body.results[names.indexOf('profile')];
    expect(profile).toEqual({
      id: expect.any(String),
      name: 'profile',
      description: expect.any(String),
      tables: ['users', 'user_profiles'],
      columns: null,
      owners: { users: 'id', user_profiles: 'user_id' },
      is_active: true,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect((await ann.get(`${DATA_TYPES}/${profile.id}`)).body).toEqual(profile);
  });

  describe('GET /exports/data-types/tables', () => {
    const tablesOf = async (caller: Client): Promise<Record<string, Record<string, string>>> => {
      const { status, body } = await caller.get(`${DATA_TYPES}/tables`);
      expect([status, body.count, body.next]).toEqual([200, body.results.length, null]);
      return Object.fromEntries(
        (body.results as Described[]).map(({ name, columns }) => [
          name,
          Object.fromEntries(columns.map((column) => [column.name, column.type])),
        ]),
      );
    };

    it('describes the columns that may be exported, with their types', async () => {
      const { users, transactions } = await tablesOf(root);

      expect(transactions).toMatchObject({
        amount: 'decimal',
        created_at: 'timestamptz',
        is_refund: 'boolean',
        id: 'other',
      });
      expect(users).toMatchObject({ name: 'text' });
      expect(users).not.toHaveProperty('password_hash');
    });

    it('shows users only tables with rows of their own', async () => {
      const [all, own] = [await tablesOf(root), await tablesOf(ann)];

      expect(Object.keys(all)).toEqual(expect.arrayContaining(['export_audit_log', 'transactions']));
      expect(Object.keys(own)).toContain('transactions');
      expect(Object.keys(own)).not.toContain('export_audit_log');
    });
  });

  describe('GET /exports/data-types/source-tables', () => {
    it('describes all tables of the platform, with sensitive columns and those that may be owners', async () => {
      const { status, body } = await root.get(`${DATA_TYPES}/source-tables`);

      const tables = body.results as { name: string; columns: { name: string }[] }[];
      const users = tables.find(({ name }) => name === 'users')?.columns;
      expect([status, body.count, body.next]).toEqual([200, tables.length, null]);
      expect(tables.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['export_audit_log', 'transactions', 'users']),
      );
      expect(tables.filter(({ name }) => /^exports$|^export_audit_log_|^pg_/.test(name))).toEqual([]);
      expect(users).toContainEqual({ name: 'id', type: 'other', is_sensitive: false, can_be_owner: true });
      expect(users).toContainEqual({ name: 'password_hash', type: 'text', is_sensitive: true, can_be_owner: true });
      expect(users).toContainEqual(expect.objectContaining({ name: 'created_at', can_be_owner: false }));
    });

    it('is refused to administrators of one tenant', async () => {
      const ofBlue = await installation.asUser('root-of-blue', { tenant: 'blue', roles: ['admin'] });

      expect((await ofBlue.get(`${DATA_TYPES}/source-tables`)).status).toBe(403);
    });
  });

  it('stores a data type exactly as it was created', async () => {
    const body = {
      name: freshName(),
      description: 'Who you are, and where you came in',
      tables: ['users', 'audit.logins', 'latest_invoices', 'loose'],
      columns: { users: ['id', 'name', 'password_hash'], loose: ['odd "name"'] },
      owners: { users: 'id', 'audit.logins': 'user_id' },
    };

    const created = await root.post(DATA_TYPES, { ...body, name: `  ${body.name}\t` });
    const shown = await ann.get(created.headers.get('location')!);

    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/api/v1/exports/data-types/${created.body.id}/`);
    expect(created.body).toEqual({
      ...body,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      owners: { users: 'id', 'audit.logins': 'user_id', latest_invoices: 'user_id', loose: null },
      is_active: true,
      created_at: expect.any(String),
      updated_at: created.body.created_at,
    });
    expect(shown.body).toEqual(created.body);
  });

  it('accepts its own response as a replacement without changes', async () => {
    const { id, created_at, updated_at, ...shown } = await addDataType(root, {
      tables: ['users', 'user_profiles'],
      owners: { user_profiles: null },
    });

    const replaced = await root.put(`${DATA_TYPES}/${id}`, shown);

    expect(replaced.body).toMatchObject({ ...shown, id, created_at });
    expect(replaced.body.owners).toEqual({ users: null, user_profiles: null });
    expect(replaced.body.updated_at >= updated_at).toBe(true);
  });

  it('replaces a data type completely', async () => {
    const { id, created_at } = await addDataType(root, {
      description: 'Old',
      columns: { users: ['id'] },
      owners: { users: 'id' },
      is_active: false,
    });
    const name = freshName();

    const replaced = await root.put(`${DATA_TYPES}/${id}/`, { name, tables: ['invoices'] });

    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({
      id,
      name,
      description: null,
      tables: ['invoices'],
      columns: null,
      is_active: true,
      created_at,
    });
    expect(replaced.body.owners).toEqual({ invoices: 'user_id' });
    expect((await root.get(`${DATA_TYPES}/${id}`)).body).toEqual(replaced.body);
  });

  it('deletes a data type', async () => {
    const { id } = await addDataType(root);

    const deleted = await root.delete(`${DATA_TYPES}/${id}`);
    const again = await root.delete(`${DATA_TYPES}/${id}`);

    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect(again.body).toMatchObject(NOT_FOUND);
    expect((await root.get(`${DATA_TYPES}/${id}`)).body).toMatchObject(NOT_FOUND);
    expect((await root.put(`${DATA_TYPES}/${id}`, { name: freshName(), tables: ['users'] })).body).toMatchObject(
      NOT_FOUND,
    );
  });

  it('shows inactive data types to administrators only', async () => {
    const { id, name } = await addDataType(root, { tables: ['invoices'] });
    const tenantAdmin = await installation.asUser('boss', { roles: ['admin'], tenant: 'blue' });
    const seenBy = async (client: Client) => {
      const { body } = await client.get(DATA_TYPES);
      return [(await client.get(`${DATA_TYPES}/${id}`)).status, JSON.stringify(body).includes(id)];
    };

    expect(await seenBy(ann)).toEqual([200, true]);
    const replaced = await root.put(`${DATA_TYPES}/${id}`, { name, tables: ['invoices'], is_active: false });

    expect(replaced.body).toMatchObject({ is_active: false });
    expect(await seenBy(ann)).toEqual([404, false]);
    expect(await seenBy(root)).toEqual([200, true]);
    expect(await seenBy(tenantAdmin)).toEqual([200, true]);
  });

  it('keeps names unique with concurrent requests', async () => {
    const { name } = await addDataType(root);
    const other = await addDataType(root);
    const racing = freshName();

    const again = await root.post(DATA_TYPES, { name: ` ${name} `, tables: ['users'] });
    const renamed = await root.put(`${DATA_TYPES}/${other.id}`, { name, tables: ['users'] });
    const race = await Promise.all([1, 2, 3].map(() => root.post(DATA_TYPES, { name: racing, tables: ['users'] })));

    for (const refused of [again, renamed]) {
      expect(refused.status).toBe(409);
      expect(refused.body).toMatchObject({ code: 'name-taken', errors: [{ field: 'name' }] });
    }
    expect(race.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await root.get(`${DATA_TYPES}/${other.id}`)).body).toEqual(other);
  });

  it('creates a data type once per Idempotency-Key', async () => {
    const body = { name: freshName(), tables: ['users'] };
    const key = { 'Idempotency-Key': body.name.replace(' ', '-') };

    const answers = await Promise.all([1, 2, 3].map(() => root.post(DATA_TYPES, body, key)));
    const misused = await root.post(DATA_TYPES, { ...body, tables: ['invoices'] }, key);
    await root.delete(`${DATA_TYPES}/${answers[0]!.body.id}`);
    const late = await root.post(DATA_TYPES, body, key);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(new Set(answers.map(({ body: { id } }) => id as string)).size).toBe(1);
    expect(misused.status).toBe(422);
    expect(late.status).toBe(410);
  });

  it('writes changes to the audit log', async () => {
    const { id, name } = await addDataType(root);
    const renamed = freshName();
    await root.put(`${DATA_TYPES}/${id}`, { name: renamed, tables: ['users'] });
    await root.post(DATA_TYPES, { name: renamed, tables: ['users'] });
    await root.delete(`${DATA_TYPES}/${id}`);

    const log = await installation.sql(
      `SELECT action, user_id, tenant_id, export_id, details FROM export_audit_log
       WHERE details->>'data_type_id' = $1 ORDER BY id`,
      id,
    );

    const by = { user_id: 'root', tenant_id: null, export_id: null };
    expect(log).toEqual([
      { action: 'catalog.data-type-created', ...by, details: { name, data_type_id: id } },
      { action: 'catalog.data-type-changed', ...by, details: { name: renamed, data_type_id: id } },
      { action: 'catalog.data-type-deleted', ...by, details: { name: renamed, data_type_id: id } },
    ]);
  });
});
