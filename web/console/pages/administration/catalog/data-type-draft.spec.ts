import { type DataType, newTable, problemsOfTables, toDraft, toRequest } from './data-type-draft';

const PROFILE: DataType = {
  id: '01a1fdfa-4600-7000-8000-000000000001',
  name: 'profile',
  description: null,
  tables: ['users', 'audit.logins'],
  columns: { users: ['id', 'email'] },
  owners: { users: 'id', 'audit.logins': null },
  is_active: false,
  created_at: '2026-11-30T05:42:31.938Z',
  updated_at: '2026-11-30T05:42:31.938Z',
};

describe('The draft of a data type', () => {
  it('becomes the same data type if nothing is changed', () => {
    const { name, description, tables, columns, owners, is_active } = PROFILE;

    expect(toRequest(toDraft(PROFILE))).toEqual({ name, description, tables, columns, owners, is_active });
  });

  it('has no columns and no owner for a table that is called like a property of every object', () => {
    const draft = toDraft({ ...PROFILE, tables: ['constructor'], columns: {}, owners: {} });

    expect(draft.tables).toEqual([{ name: 'constructor', columns: null, owner: '' }]);
  });

  it('proposes user_id as the owner of a table, if it can be one', () => {
    const column = { name: 'user_id', type: 'text', is_sensitive: false } as const;

    expect(newTable({ name: 'orders', columns: [{ ...column, can_be_owner: true }] }).owner).toBe('user_id');
    expect(newTable({ name: 'orders', columns: [{ ...column, can_be_owner: false }] }).owner).toBe('');
  });

  it('has each problem at its table, also where the names of tables have dots', () => {
    const { tables } = toDraft({ ...PROFILE, tables: ['audit', 'audit.logins'] });

    expect(
      problemsOfTables(tables, {
        'tables.0': 'is missing',
        'columns.audit.3': 'has no column "a"',
        'columns.audit.logins': 'must not be empty',
        'owners.audit.logins': 'is a date',
        name: 'is taken',
      }),
    ).toEqual([
      { table: 'is missing', columns: 'has no column "a"' },
      { columns: 'must not be empty', owner: 'is a date' },
    ]);
  });
});
