import { builtInType } from '../../../../test/fakes/column-type';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import { Catalog } from '../domain/catalog';
import { type DataQuery, DEFAULT_TIME_ZONE } from '../domain/data-query';
import type { DataType } from '../domain/data-type';
import type { LiveColumn, LiveTable, TablePlan } from '../domain/table-plan';
import { planTables } from './data-planner';
import { ReferenceTime } from '../domain/relative-time';

const LIVE = [
  liveTable('users', ['id', 'name', 'password_hash', 'tenant_id', 'created_at']),
  liveTable('orders', ['id', 'user_id', 'amount', 'tenant_id', 'created_at']),
  liveTable('countries', ['code', 'name']),
];
const TYPES = [
  dataType('profile', { tables: ['users'], owners: { users: 'id' } }),
  dataType('purchases', { tables: ['orders'], owners: { orders: 'user_id' } }),
  dataType('places', { tables: ['countries'] }),
];
const MINE: DataQuery = {
  scope: 'types',
  dataTypes: ['profile', 'purchases'],
  tables: [],
  filters: undefined,
  columns: undefined,
  subject: 'ann',
  tenantId: null,
  asOf: null,
  timeZone: DEFAULT_TIME_ZONE,
};

function plansOf(traits: Partial<DataQuery>): TablePlan[] {
  const query = { ...MINE, ...traits };
  const catalog = new Catalog(TYPES, [{ table: 'users', column: 'password_hash' }]);
  const errors: FieldError[] = [];
  const entries =
    query.scope === 'tables'
      ? catalog.findTables(query.tables, errors)
      : catalog.findTablesOfTypes(query.dataTypes, errors);
  const present = new ReferenceTime('2026-03-28T12:00:00Z', query.timeZone);
  return planTables(query, entries, new Map(LIVE.map((table) => [table.name, table])), present, errors);
}

function wrongFieldsOf(traits: Partial<DataQuery>): string[] {
  try {
    plansOf(traits);
  } catch (error) {
    if (error instanceof DomainError) return error.details.fields?.map(({ field }) => field) ?? [];
    throw error;
  }
  throw new Error('Nothing was refused');
}

const confinedBy = ({ accessPredicates }: TablePlan) =>
  accessPredicates.map(({ column, value }) => [column.name, value]);

describe('planTables', () => {
  it('restricts each table to the rows of its owner', () => {
    expect(plansOf({}).map(confinedBy)).toEqual([[['id', 'ann']], [['user_id', 'ann']]]);
  });

  it('restricts each table to the tenant, too, if there is one', () => {
    expect(plansOf({ tenantId: 'blue' }).map(confinedBy)).toEqual([
      [
        ['id', 'ann'],
        ['tenant_id', 'blue'],
      ],
      [
        ['user_id', 'ann'],
        ['tenant_id', 'blue'],
      ],
    ]);
  });

  it('restricts whole tables to the tenant of the administrator', () => {
    const whole = { scope: 'tables', tables: ['orders'], dataTypes: [], subject: null } as const;

    expect(plansOf({ ...whole, tenantId: 'blue' }).map(confinedBy)).toEqual([[['tenant_id', 'blue']]]);
    expect(plansOf(whole).map(confinedBy)).toEqual([[]]);
  });

  it('rejects a table without an owner or tenant column', () => {
    expect(wrongFieldsOf({ dataTypes: ['places'] })).toEqual(['data_types']);
    expect(
      wrongFieldsOf({ scope: 'tables', tables: ['countries'], dataTypes: [], subject: null, tenantId: 'blue' }),
    ).toEqual(['tables']);
  });

  it('rejects a user without an id instead of reading all rows', () => {
    expect(wrongFieldsOf({ dataTypes: ['profile'], subject: null })).toEqual(['data_types']);
  });

  it('selects the allowed columns, in the order of the table', () => {
    const [users] = plansOf({});

    expect(users?.columns.map(({ name }) => name)).toEqual(['id', 'name', 'tenant_id', 'created_at']);
  });

  it('selects the requested columns, once each and in that order', () => {
    const [orders] = plansOf({ dataTypes: ['purchases'], columns: ['amount', 'id', 'amount'] });

    expect(orders?.columns.map(({ name }) => name)).toEqual(['amount', 'id']);
  });

  it.each([
    ['asked for', { columns: { users: ['password_hash'] } }, 'columns.users'],
    ['filtered by', { filters: { users: { password_hash: { like: 'a%' } } } }, 'filters.users.password_hash'],
  ])('rejects a hidden column that is %s', (_, traits, field) => {
    expect(wrongFieldsOf(traits)).toEqual([field]);
  });

  it('reports every unknown table and column', () => {
    expect(
      wrongFieldsOf({
        columns: { users: ['name', 'nickname'], countries: ['code'] },
        filters: { countries: {}, orders: { missing: 1 } },
      }),
    ).toEqual(['columns.countries', 'filters.countries', 'columns.users', 'filters.orders.missing']);
  });
});

function dataType(name: string, traits: Partial<DataType>): DataType {
  const nothing = { id: name, name, description: null, tables: [], columns: null, owners: {}, isActive: true };
  return { ...nothing, createdAt: new Date(0), updatedAt: new Date(0), ...traits };
}

function liveTable(name: string, columns: string[]): LiveTable {
  return { name, schema: 'public', relation: name, isLockable: true, columns: columns.map(liveColumn) };
}

function liveColumn(name: string): LiveColumn {
  const isTime = name.endsWith('_at');
  const type = builtInType(isTime ? 'timestamptz' : 'text');
  return { name, type, family: isTime ? 'timestamptz' : 'text', scale: null, mayHoldJsonText: false, isMoney: false };
}
