import type { FieldError } from '../../../platform/errors/domain-error';
import { Catalog } from './catalog';
import type { DataType } from './data-type';

const PROFILE = dataType('profile', { tables: ['users'], owners: { users: 'id' } });
const CONTACTS = dataType('contacts', {
  tables: ['users', 'addresses'],
  columns: { users: ['email', 'password_hash'] },
  owners: { users: 'id', addresses: 'user_id' },
});
const STAFF = dataType('staff', { tables: ['users'], columns: { users: ['salary'] } });
const FORMER = dataType('former', { tables: ['archive'], isActive: false });
const SENSITIVE = ['password_hash', 'salary'].map((column) => ({ table: 'users', column }));

const catalog = new Catalog([PROFILE, CONTACTS, STAFF, FORMER], SENSITIVE);

describe('Catalog', () => {
  let errors: FieldError[];

  beforeEach(() => {
    errors = [];
  });

  it('returns the tables of the named data types, each with its owner', () => {
    const tables = catalog.findTablesOfTypes(['profile', 'id of contacts'], errors);

    expect(tables.map(({ name, section, owner }) => [name, section, owner])).toEqual([
      ['users', 'profile', 'id'],
      ['users', 'contacts', 'id'],
      ['addresses', 'contacts', 'user_id'],
    ]);
    expect(errors).toEqual([]);
  });

  it('returns all active data types if none is named', () => {
    expect(catalog.findTablesOfTypes([], errors).map(({ section }) => section)).toEqual([
      'profile',
      'contacts',
      'contacts',
      'staff',
    ]);
  });

  it('returns a data type once if it is named twice', () => {
    expect(catalog.findTablesOfTypes(['profile', 'id of profile'], errors)).toHaveLength(1);
  });

  it('reports data types and tables that are unknown or inactive', () => {
    catalog.findTablesOfTypes(['profile', 'former', 'constructor'], errors);
    catalog.findTables(['users', 'archive'], errors);

    expect(errors.map(({ field }) => field)).toEqual(['data_types.1', 'data_types.2', 'tables.1']);
  });

  it('hides sensitive columns unless a data type lists them', () => {
    const [profile, contacts] = catalog.findTablesOfTypes(['profile', 'contacts'], errors);

    expect(['name', 'password_hash'].map((column) => profile?.allows(column))).toEqual([true, false]);
    expect(['name', 'email', 'password_hash'].map((column) => contacts?.allows(column))).toEqual([false, true, true]);
  });

  it('returns a whole table with every column that any data type allows', () => {
    const [users] = catalog.findTables(['users'], errors);

    expect(['name', 'salary', 'password_hash'].map((column) => users?.allows(column))).toEqual([true, true, true]);
  });

  it('hides from a user the columns that a data type allows for administrators only', () => {
    const [users] = catalog.findPersonalTables('users');

    expect(users?.owner).toBe('id');
    expect(['name', 'email', 'salary'].map((column) => users?.allows(column))).toEqual([true, true, false]);
  });

  it('hides from a user the columns of a data type with another owner column', () => {
    const reviews = dataType('reviews', {
      tables: ['users'],
      columns: { users: ['salary'] },
      owners: { users: 'manager_id' },
    });

    const [users] = new Catalog([PROFILE, reviews], SENSITIVE).findPersonalTables('users');

    expect([users?.owner, users?.allows('salary')]).toEqual(['id', false]);
  });
});

function dataType(name: string, traits: Partial<DataType>): DataType {
  const nothing = { name, description: null, tables: [], columns: null, owners: {}, isActive: true };
  return { ...nothing, id: `id of ${name}`, createdAt: new Date(0), updatedAt: new Date(0), ...traits };
}
