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

describe('The catalog', () => {
  let errors: FieldError[];

  beforeEach(() => {
    errors = [];
  });

  it('gives the tables of the named data types, each with its owner', () => {
    const tables = catalog.findTablesOfTypes(['profile', 'id of contacts'], errors);

    expect(tables.map(({ name, section, owner }) => [name, section, owner])).toEqual([
      ['users', 'profile', 'id'],
      ['users', 'contacts', 'id'],
      ['addresses', 'contacts', 'user_id'],
    ]);
    expect(errors).toEqual([]);
  });

  it('gives all data types that are active where none is named', () => {
    expect(catalog.findTablesOfTypes([], errors).map(({ section }) => section)).toEqual([
      'profile',
      'contacts',
      'contacts',
      'staff',
    ]);
  });

  it('gives a data type once that is named twice', () => {
    expect(catalog.findTablesOfTypes(['profile', 'id of profile'], errors)).toHaveLength(1);
  });

  it('names data types and tables that are unknown or not active', () => {
    catalog.findTablesOfTypes(['profile', 'former', 'constructor'], errors);
    catalog.findTables(['users', 'archive'], errors);

    expect(errors.map(({ field }) => field)).toEqual(['data_types.1', 'data_types.2', 'tables.1']);
  });

  it('hides sensitive columns unless a data type lists them', () => {
    const [profile, contacts] = catalog.findTablesOfTypes(['profile', 'contacts'], errors);

    expect(['name', 'password_hash'].map((column) => profile?.allows(column))).toEqual([true, false]);
    expect(['name', 'email', 'password_hash'].map((column) => contacts?.allows(column))).toEqual([false, true, true]);
  });

  it('gives a whole table with all that any of its data types allows', () => {
    const [users] = catalog.findTables(['users'], errors);

    expect(['name', 'salary', 'password_hash'].map((column) => users?.allows(column))).toEqual([true, true, true]);
  });

  it('gives a person nothing of what a data type allows for administrators only', () => {
    const [users] = catalog.findPersonalTables('users');

    expect(users?.owner).toBe('id');
    expect(['name', 'email', 'salary'].map((column) => users?.allows(column))).toEqual([true, true, false]);
  });

  it('gives a person nothing of what another data type says to belong to somebody else', () => {
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
