import { builtInType } from '../../../../test/fakes/column-type';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { type DataRequest, TABLE_FORMATS } from '../domain/data-query';
import type { DataType, DataTypeDefinition, SensitiveColumn } from '../domain/data-type';
import { DataTypeRepository } from '../domain/interfaces/data-type.repository';
import { SourceDatabase, type SourceView } from '../domain/interfaces/source-database';
import type { LiveColumn, LiveTable, TablePlan } from '../domain/table-plan';
import { DataExportAuthorizer } from './data-export-authorizer';
import { FakeEstimateQueries } from '../../../../test/fakes/estimate-queries.fake';
import { testConfig } from '../../../../test/support/test-config';
import { DataPlanner } from './data-planner';
import { RowEstimates } from './row-estimates';

const TAKEN_AT = '2026-03-29T12:00:00.000Z';
const ANN: UserPrincipal = { userId: 'ann', tenantId: null, roles: [] };
const ANN_IN_BLUE: UserPrincipal = { ...ANN, tenantId: 'blue' };
const ADMIN: UserPrincipal = { userId: 'root', tenantId: null, roles: ['admin'] };

function column(name: string): LiveColumn {
  const isTime = name.endsWith('_at');
  const type = builtInType(isTime ? 'timestamptz' : 'text');
  return { name, type, family: isTime ? 'timestamptz' : 'text', scale: null, mayHoldJsonText: false, isMoney: false };
}

function table(name: string, ...columns: string[]): LiveTable {
  return { name, schema: 'public', relation: name, isLockable: true, columns: columns.map(column) };
}

const LIVE = [
  table('users', 'id', 'email', 'tenant_id'),
  table('transactions', 'id', 'user_id', 'amount', 'note', 'tenant_id'),
  table('rates', 'currency', 'rate'),
  table('enrollments', 'id', 'user_id', 'created_at', 'tenant_id'),
  table('activity_logs', 'id', 'user_id', 'tenant_id'),
  table('letters', 'id', 'user_id'),
];

/** A data type of one table, whose rows belong to their `user_id`. */
function dataType(name: string, traits: Partial<DataTypeDefinition> = {}): DataType {
  const at = new Date(0);
  const owners = { [name]: name === 'users' ? 'id' : 'user_id' };
  const definition = { name, description: null, tables: [name], columns: null, owners, isActive: true };
  return { ...definition, id: `id of ${name}`, createdAt: at, updatedAt: at, ...traits };
}

const TYPES = [
  ...['users', 'transactions', 'enrollments', 'activity_logs', 'letters'].map((name) => dataType(name)),
  dataType('rates', { owners: {} }),
];

/** A catalog that nobody changes. */
class GivenCatalog extends DataTypeRepository {
  constructor(
    private readonly types: readonly DataType[],
    private readonly sensitive: readonly SensitiveColumn[],
  ) {
    super();
  }

  override list(): Promise<DataType[]> {
    return Promise.resolve([...this.types]);
  }

  override sensitiveColumns(): Promise<SensitiveColumn[]> {
    return Promise.resolve([...this.sensitive]);
  }

  override find = unchanging;
  override create = unchanging;
  override replace = unchanging;
  override delete = unchanging;
}

function unchanging(): never {
  throw new Error('This catalog is only read');
}

/** A database that knows its tables, and keeps the plans that it judged. */
class GivenDatabase extends SourceDatabase {
  readonly judged: TablePlan[] = [];
  people: readonly string[] = ['ann'];
  estimates = new FakeEstimateQueries();

  override preview<Result>(work: (view: SourceView) => Promise<Result>): Promise<Result> {
    return work({
      takenAt: TAKEN_AT,
      read: { connections: 0, ranges: 0 },
      tables: (names) =>
        Promise.resolve(new Map(LIVE.filter(({ name }) => names.includes(name)).map((one) => [one.name, one]))),
      check: (plan) => {
        this.judged.push(plan);
        return Promise.resolve({ rows: 0, cost: 1 });
      },
      estimates: this.estimates,
      hasRows: ({ accessPredicates }) =>
        Promise.resolve(accessPredicates.some(({ value }) => this.people.includes(value))),
      readableTables: unchanging,
      lockTables: unchanging,
      relation: unchanging,
      divide: unchanging,
      pieceOf: unchanging,
      assertOpen: unchanging,
      findUser: unchanging,
      setting: unchanging,
    });
  }

  override open = unchanging;
  override join = unchanging;
  override serverId = unchanging;
}

function setup({ types = TYPES, sensitive = [] as SensitiveColumn[] } = {}) {
  const database = new GivenDatabase();
  const sut = new DataExportAuthorizer(
    new DataPlanner(new GivenCatalog(types, sensitive)),
    database,
    new RowEstimates(testConfig()),
  );
  const grant = (caller: UserPrincipal, request: Partial<DataRequest>) =>
    sut.authorize(caller, { type: 'partial', format: 'csv', options: {}, ...request }, TABLE_FORMATS);
  const document = (caller: UserPrincipal, userId: string) =>
    sut.authorizeUserDocument(caller, userId, 'json', ['json', 'csv']);

  /** What narrows the rows of each table, as the database was asked to judge it. */
  const confined = () =>
    database.judged.map(({ table: { name }, accessPredicates }) => [
      name,
      Object.fromEntries(accessPredicates.map((one) => [one.column.name, one.value])),
    ]);
  return { database, grant, document, confined };
}

const fieldsOf = (error: unknown) => (error as { details: { fields: { field: string }[] } }).details.fields;

describe('DataExportAuthorizer', () => {
  it('authorizes users to export their own rows, and describes them for the audit log', async () => {
    const { grant, confined } = setup();

    const granted = await grant(ANN, { dataTypes: ['transactions'] });

    expect(granted).toMatchObject({ format: 'csv', params: { dataTypes: ['transactions'], tables: [] }, options: {} });
    expect(granted.params.filters).toBeUndefined();
    expect(granted.audited).toEqual({ subject: 'ann', data_types: 'transactions' });
    expect(confined()).toEqual([['transactions', { user_id: 'ann' }]]);
  });

  it('restricts a caller with a tenant to that tenant', async () => {
    const { grant, confined } = setup();

    await grant(ANN_IN_BLUE, { dataTypes: ['transactions'] });

    expect(confined()).toEqual([['transactions', { user_id: 'ann', tenant_id: 'blue' }]]);
  });

  it('rejects a table without a tenant column for a caller with a tenant', async () => {
    const { grant, confined } = setup();

    await expect(grant(ANN_IN_BLUE, { dataTypes: ['letters'] })).rejects.toMatchObject({ kind: 'invalid' });
    expect(confined()).toEqual([]);
  });

  it('rejects a table without an owner for users, and leaves it out of all data types', async () => {
    const { grant, confined } = setup();

    await expect(grant(ANN, { dataTypes: ['rates'] })).rejects.toMatchObject({ kind: 'invalid' });
    await grant(ANN, { type: 'full' });

    expect(confined().map(([name]) => name)).toEqual([
      'users',
      'transactions',
      'enrollments',
      'activity_logs',
      'letters',
    ]);
  });

  describe('another user’s rows', () => {
    it('are forbidden for users', async () => {
      const { grant, confined } = setup();

      await expect(grant(ANN, { dataTypes: ['transactions'], userId: 'ben' })).rejects.toMatchObject({
        kind: 'forbidden',
      });
      expect(confined()).toEqual([]);
    });

    it('are allowed for administrators, with the user in the record', async () => {
      const { grant, confined } = setup();

      const granted = await grant(ADMIN, { dataTypes: ['transactions'], userId: 'ben' });

      expect(granted).toMatchObject({ params: { subject: 'ben' }, audited: { subject: 'ben' } });
      expect(confined()).toEqual([['transactions', { user_id: 'ben' }]]);
    });

    it('are restricted to the tenant of the administrator', async () => {
      const { grant, confined } = setup();

      await grant({ ...ADMIN, tenantId: 'blue' }, { dataTypes: ['transactions'], userId: 'ben' });

      expect(confined()).toEqual([['transactions', { user_id: 'ben', tenant_id: 'blue' }]]);
    });
  });

  describe('whole tables', () => {
    it('are forbidden for users', async () => {
      await expect(setup().grant(ANN, { type: 'bulk', tables: ['users'] })).rejects.toMatchObject({
        kind: 'forbidden',
      });
    });

    it('are allowed for administrators', async () => {
      const { grant, confined } = setup();

      const granted = await grant(ADMIN, { type: 'bulk', tables: ['users', 'rates'] });

      expect(granted).toMatchObject({
        params: { tables: ['users', 'rates'], subject: null },
        audited: { tables: 'users, rates' },
      });
      expect(confined()).toEqual([
        ['users', {}],
        ['rates', {}],
      ]);
    });

    it('are restricted to the tenant of the administrator, or rejected without a tenant column', async () => {
      const { grant, confined } = setup();
      const admin = { ...ADMIN, tenantId: 'blue' };

      await grant(admin, { type: 'bulk', tables: ['users'] });

      expect(confined()).toEqual([['users', { tenant_id: 'blue' }]]);
      await expect(grant(admin, { type: 'bulk', tables: ['rates'] })).rejects.toMatchObject({ kind: 'invalid' });
    });
  });

  describe('the catalog', () => {
    const note = { table: 'transactions', column: 'note' };
    const columnsOf = ({ judged }: GivenDatabase) => judged[0]?.columns.map(({ name }) => name);

    it('hides sensitive columns', async () => {
      const { grant, database } = setup({ sensitive: [note] });

      await grant(ANN, { dataTypes: ['transactions'] });

      expect(columnsOf(database)).toEqual(['id', 'user_id', 'amount', 'tenant_id']);
      const requested = grant(ANN, { dataTypes: ['transactions'], columns: ['note'] });
      await expect(requested).rejects.toMatchObject({ kind: 'invalid' });
    });

    it('allows a sensitive column that a data type lists', async () => {
      const types = [dataType('transactions', { columns: { transactions: ['id', 'note'] } })];
      const { grant, database } = setup({ types, sensitive: [note] });

      await grant(ANN, { dataTypes: ['transactions'] });

      expect(columnsOf(database)).toEqual(['id', 'note']);
    });

    it('hides inactive data types', async () => {
      const types = [dataType('users'), dataType('transactions', { isActive: false })];

      const error: unknown = await setup({ types })
        .grant(ANN, { dataTypes: ['transactions'] })
        .catch((thrown: unknown) => thrown);

      expect(fieldsOf(error)).toMatchObject([{ field: 'data_types.0' }]);
    });

    it('without a table is reported', async () => {
      await expect(setup({ types: [] }).grant(ANN, { type: 'full' })).rejects.toMatchObject({
        code: 'nothing-to-export',
      });
    });
  });

  it('reports all errors at once', async () => {
    const request = { format: 'docx', dataTypes: ['unknown'], options: { timezone: 'Mars' } };

    const error: unknown = await setup()
      .grant(ANN, request)
      .catch((thrown: unknown) => thrown);

    expect(new Set(fieldsOf(error).map(({ field }) => field))).toEqual(
      new Set(['format', 'options.timezone', 'data_types.0']),
    );
  });

  it('records the reference time of relative filters only', async () => {
    const { grant } = setup();

    const since = (gte: string) => ({ dataTypes: ['enrollments'], filters: { enrollments: { created_at: { gte } } } });

    const relative = await grant(ANN, since('now-7d'));
    const absolute = await grant(ANN, since('2026-03-01'));

    expect([relative.params.asOf, absolute.params.asOf]).toEqual([TAKEN_AT, null]);
    expect([relative.options, absolute.options]).toEqual([{}, {}]);
  });

  describe('the user document', () => {
    it('is allowed for that user', async () => {
      const { document, confined } = setup();

      expect(await document(ANN, 'ann')).toMatchObject({
        params: { type: 'user' },
        format: 'json',
        audited: { subject: 'ann' },
      });
      expect(confined()).toEqual([
        ['users', { id: 'ann' }],
        ['transactions', { user_id: 'ann' }],
        ['enrollments', { user_id: 'ann' }],
        ['activity_logs', { user_id: 'ann' }],
      ]);
    });

    it('is forbidden for other users and allowed for administrators', async () => {
      const { document } = setup();

      await expect(document(ANN, 'ben')).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(document(ADMIN, 'ann')).resolves.toMatchObject({ params: { subject: 'ann' } });
    });

    it('of an unknown user is not found', async () => {
      await expect(setup().document(ADMIN, 'nobody')).rejects.toMatchObject({ kind: 'not-found' });
    });
  });
});
