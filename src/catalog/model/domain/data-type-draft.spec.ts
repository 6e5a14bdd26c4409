import { builtInType } from '../../../../test/fakes/column-type';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import { type DataTypeDraft, toDefinition } from './data-type-draft';
import type { LiveColumn, LiveTable } from './table-plan';

type Types = Readonly<Record<string, Partial<LiveColumn> & { readonly name: string }>>;

const TYPES: Types = {
  text: { name: 'text', family: 'text' },
  varchar: { name: 'varchar', family: 'text' },
  bpchar: { name: 'bpchar', family: 'text' },
  name: { name: 'name', family: 'text' },
  xml: { name: 'xml', family: 'text' },
  uuid: { name: 'uuid', family: 'other' },
  int4: { name: 'int4', family: 'integer', scale: 0 },
  'numeric(20)': { name: 'numeric', family: 'decimal', scale: 0 },
  'numeric(12,2)': { name: 'numeric', family: 'decimal', scale: 2 },
  numeric: { name: 'numeric', family: 'decimal', scale: null },
  money: { name: 'money', family: 'decimal', isMoney: true },
  float8: { name: 'float8', family: 'float' },
  timestamptz: { name: 'timestamptz', family: 'timestamptz' },
  jsonb: { name: 'jsonb', family: 'json' },
};

const USERS = table('users', { id: 'uuid', name: 'text', email: 'varchar', created_at: 'timestamptz' });
const PROFILES = table('user_profiles', { id: 'uuid', user_id: 'uuid', bio: 'text' });
const LOGINS = table('audit.logins', { user_id: 'text', at: 'timestamptz' });

const LIVE = new Map([USERS, PROFILES, LOGINS].map((live) => [live.name, live]));

describe('toDefinition', () => {
  it('returns the draft if everything in it exists', () => {
    const draft = draftOf({
      name: '  profile ',
      description: 'Who you are',
      tables: ['users', 'user_profiles', 'audit.logins'],
      columns: { users: ['id', 'name'] },
      owners: { users: 'id', 'audit.logins': 'user_id' },
      isActive: false,
    });

    const definition = toDefinition(draft, LIVE);

    expect(definition).toEqual({
      name: 'profile',
      description: 'Who you are',
      tables: ['users', 'user_profiles', 'audit.logins'],
      columns: { users: ['id', 'name'] },
      owners: { users: 'id', user_profiles: 'user_id', 'audit.logins': 'user_id' },
      isActive: false,
    });
  });

  it('accepts a draft that agrees with the other data types about the owner', () => {
    const other = toDefinition(draftOf({ name: 'profile', tables: ['user_profiles'], owners: {} }), LIVE);
    const draft = draftOf({ name: 'mine', tables: ['user_profiles'], owners: { user_profiles: 'id' } });

    expect(errorsOf(draft, LIVE, [other])).toEqual({
      'owners.user_profiles': 'the data type "profile" says that the owner column of the table is "user_id"',
    });
    expect(toDefinition({ ...draft, owners: {} }, LIVE, [other]).owners).toEqual({ user_profiles: 'user_id' });
  });

  it('reports every error at once', () => {
    const draft = draftOf({
      name: '0192f0c1-2222-7000-8000-00000000000a',
      tables: ['users', 'nothing', 'users', 'public.users', 'idempotency_keys'],
      columns: { users: ['id', 'name', 'id', 'nobody', 7], user_profiles: ['bio'] },
      owners: { users: 'owner', user_profiles: 'user_id' },
    });

    const errors = errorsOf(draft);

    expect(errors).toEqual({
      name: 'must not look like an id',
      'tables.1': '"nothing" is not a table of the database',
      'tables.2': '"users" is listed twice',
      'tables.3': '"public.users" must be given without the schema public',
      'tables.4': `"idempotency_keys" is the name of a table of this service, which is never exported`,
      'columns.users.2': '"id" is listed twice',
      'columns.users.3': 'the table "users" has no column "nobody"',
      'columns.users.4': 'must be the name of a column',
      'columns.user_profiles': '"user_profiles" is not among the tables',
      'owners.users': 'the table "users" has no column "owner"',
      'owners.user_profiles': '"user_profiles" is not among the tables',
    });
  });

  it.each([
    ['no character', '   ', 'must have 1 to 100 characters'],
    ['too many characters', 'x'.repeat(101), 'must have 1 to 100 characters'],
    ['a line break within', 'pro\nfile', 'must not contain control characters'],
    ['half of a surrogate pair', 'profile\ud83d', 'must not contain control characters'],
    ['the look of an id in upper case', '0192F0C1-2222-7000-8000-00000000000A', 'must not look like an id'],
    ['the look of an id without hyphens', '0192f0c12222700080000000000000aa', 'must not look like an id'],
  ])('rejects a name with %s', (_, name, message) => {
    expect(errorsOf(draftOf({ name }))).toEqual({ name: message });
  });

  it.each(['😀'.repeat(100), 'x', 'Особисті дані', 'constructor'])('accepts the name %s', (name) => {
    expect(toDefinition(draftOf({ name }), LIVE).name).toBe(name);
  });

  it.each(['exports', 'export_deliveries', 'archive.customers', 'bullmq.job', 'bullmq.jobs_anything'])(
    'rejects the service’s own table %s, whether it exists or not',
    (name) => {
      const live = new Map([...LIVE, [name, table(name, { id: 'text' })]]);

      expect(errorsOf(draftOf({ tables: [name] }), live)).toEqual({
        'tables.0': `${JSON.stringify(name)} is the name of a table of this service, which is never exported`,
      });
    },
  );

  it.each([[[]], ['id'], [null], [{ 0: 'id' }]])('rejects %j as the columns of a table', (listed) => {
    expect(Object.keys(errorsOf(draftOf({ columns: { users: listed } })))).toEqual(['columns.users']);
  });

  it('rejects a list with more columns than a table can have', () => {
    const errors = errorsOf(draftOf({ columns: { users: Array.from({ length: 1_601 }, (_, index) => `c${index}`) } }));

    expect(errors).toEqual({ 'columns.users': 'must list at most 1600 columns' });
  });

  it.each(['text', 'varchar', 'uuid', 'int4', 'numeric(20)'])('accepts an owner column of type %s', (type) => {
    const live = new Map([['things', table('things', { whose: type })]]);

    expect(toDefinition(draftOf({ tables: ['things'], owners: { things: 'whose' } }), live).owners).toEqual({
      things: 'whose',
    });
  });

  it.each(['bpchar', 'name', 'xml', 'numeric(12,2)', 'numeric', 'money', 'float8', 'timestamptz', 'jsonb'])(
    'rejects an owner column of type %s',
    (type) => {
      const live = new Map([['things', table('things', { whose: type })]]);

      expect(Object.keys(errorsOf(draftOf({ tables: ['things'], owners: { things: 'whose' } }), live))).toEqual([
        'owners.things',
      ]);
    },
  );

  it('rejects an owner column of a user-defined type named text', () => {
    const whose = { ...columnOf('whose', 'text'), type: { ...builtInType('text'), schema: 'extensions' } };
    const live = new Map([['things', { ...table('things', {}), columns: [whose] }]]);

    expect(Object.keys(errorsOf(draftOf({ tables: ['things'], owners: { things: 'whose' } }), live))).toEqual([
      'owners.things',
    ]);
  });

  it('uses user_id as the default owner column and guesses no other', () => {
    const odd = table('odd', { user_id: 'jsonb' });
    const live = new Map([...LIVE, [odd.name, odd]]);

    const { owners } = toDefinition(draftOf({ tables: ['users', 'user_profiles', 'odd'] }), live);

    expect(owners).toEqual({ user_profiles: 'user_id' });
  });

  it('leaves a table to administrators if its owner is null', () => {
    const { owners } = toDefinition(draftOf({ tables: ['user_profiles'], owners: { user_profiles: null } }), LIVE);

    expect(owners).toEqual({});
  });

  it.each([7, ['id'], { column: 'id' }])('rejects %j as the owner column', (owner) => {
    expect(errorsOf(draftOf({ owners: { users: owner } }))).toEqual({
      'owners.users': 'must be the name of a column, or null',
    });
  });

  it('does not confuse tables or columns with properties of Object', () => {
    const draft = draftOf({ tables: ['constructor'], columns: { toString: ['id'] }, owners: { valueOf: 'id' } });

    expect(Object.keys(errorsOf(draft))).toEqual(['tables.0', 'columns.toString', 'owners.valueOf']);
  });
});

function draftOf(draft: Partial<DataTypeDraft>): DataTypeDraft {
  return { name: 'things', description: null, tables: ['users'], columns: null, owners: {}, isActive: true, ...draft };
}

function errorsOf(
  draft: DataTypeDraft,
  live: ReadonlyMap<string, LiveTable> = LIVE,
  others: Parameters<typeof toDefinition>[2] = [],
): Record<string, string> {
  try {
    toDefinition(draft, live, others);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const fields: readonly FieldError[] = error.details.fields ?? [];
    return Object.fromEntries(fields.map(({ field, message }) => [field, message]));
  }
  return {};
}

function table(name: string, columns: Readonly<Record<string, string>>): LiveTable {
  const [schema, relation] = name.includes('.') ? name.split('.', 2) : ['public', name];
  return {
    name,
    schema: schema!,
    isLockable: true,
    relation: relation!,
    columns: Object.entries(columns).map(([column, type]) => columnOf(column, type)),
  };
}

function columnOf(name: string, type: string): LiveColumn {
  const { name: typeName, ...rest } = { ...TYPES[type]! };
  return {
    family: 'text',
    scale: null,
    mayHoldJsonText: false,
    isMoney: false,
    ...rest,
    name,
    type: builtInType(typeName),
  };
}
