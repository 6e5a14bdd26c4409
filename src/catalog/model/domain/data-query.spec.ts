import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import {
  type DataParams,
  dataParams,
  type DataRequest,
  describeData,
  parseFormat,
  recoverData,
  toDataQuery,
  validateRequest,
  validateStreamOptions,
  validateTables,
  type FileOptions,
  validateOptions,
} from './data-query';
import type { PartitionUnit } from '../../../export/sources';
import type { ExportFormat } from '../../../formats';
import { builtInType } from '../../../../test/fakes/column-type';
import type { LiveColumn, TablePlan } from './table-plan';

const ANN: UserPrincipal = { userId: 'ann', tenantId: 'blue', roles: ['author'] };
const ROOT: UserPrincipal = { userId: 'root', tenantId: null, roles: ['admin'] };

function columnOf(name: string, family: 'text' | 'timestamptz'): LiveColumn {
  return { name, type: builtInType(family), family, scale: null, mayHoldJsonText: false, isMoney: false };
}

const COLUMNS = [columnOf('at', 'timestamptz'), columnOf('kind', 'text')];
const NOTES: TablePlan = {
  table: { name: 'notes', schema: 'public', relation: 'notes', isLockable: true, columns: COLUMNS },
  section: 'notes',
  columns: COLUMNS,
  accessPredicates: [],
  conditions: [],
};

function requestOf(traits: Partial<DataRequest> = {}): DataRequest {
  return { type: 'partial', format: 'csv', options: {}, ...traits };
}

const kindOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError) return error.kind;
    throw error;
  }
  return 'granted';
};

const OWN_ROWS: DataParams = {
  type: 'partial',
  dataTypes: ['profile', 'payments'],
  tables: [],
  filters: { payments: { amount: { gte: 10 } } },
  columns: ['id'],
  subject: 'ann',
  asOf: '2026-11-28T12:34:56.789Z',
  timeZone: 'UTC',
  title: null,
};
const TABLES: DataParams = { ...OWN_ROWS, type: 'bulk', dataTypes: [], tables: ['users'], subject: null, asOf: null };
const DOCUMENT: DataParams = {
  ...OWN_ROWS,
  type: 'user',
  dataTypes: [],
  filters: null,
  columns: undefined,
  asOf: null,
};
const RUN: DataParams = { ...OWN_ROWS, type: 'scheduled', title: 'Nightly_2026-11-28' };

describe('Data export parameters', () => {
  it.each([
    ['a user’s own rows', OWN_ROWS],
    ['the rows of another user', { ...OWN_ROWS, subject: 'ben' }],
    ['whole tables', TABLES],
    ['the document of a user', DOCUMENT],
    ['the run of a schedule', RUN],
  ])('survive a round trip through JSON: %s', (_, params) => {
    expect(dataParams.parse(JSON.parse(JSON.stringify(params)))).toEqual(params);
  });

  it.each([
    ['a user’s own rows', OWN_ROWS],
    ['the rows of another user', { ...OWN_ROWS, subject: 'ben' }],
    ['whole tables', TABLES],
    ['the document of a user', DOCUMENT],
    ['the run of a schedule', RUN],
  ])('are recovered from their description: %s', (_, params) => {
    expect(recoverData(describeData(params, ANN), ANN)).toEqual(params);
  });

  it('take the time zone from the format options', () => {
    const described = describeData(OWN_ROWS, ANN);
    const recorded = { ...described, options: { ...described.options, timezone: 'Europe/Kyiv' } };

    expect(recoverData(recorded, ANN)).toEqual({ ...OWN_ROWS, timeZone: 'Europe/Kyiv' });
  });

  it('include the subject only if it differs from the owner', () => {
    expect(describeData(OWN_ROWS, ANN).options).not.toHaveProperty('user_id');
    expect(describeData({ ...OWN_ROWS, subject: 'ben' }, ANN).options).toMatchObject({ user_id: 'ben' });
    expect(describeData(TABLES, ANN).options).toEqual({ tables: ['users'], columns: ['id'] });
  });
});

describe('A data export request', () => {
  it("reads the caller's own rows, within the caller's tenant", () => {
    expect(toDataQuery(ANN, requestOf({ dataTypes: ['profile'] }))).toMatchObject({
      scope: 'types',
      dataTypes: ['profile'],
      tables: [],
      subject: 'ann',
      tenantId: 'blue',
      timeZone: 'UTC',
    });
  });

  it("reads another user's rows for an administrator only", () => {
    expect(kindOf(() => toDataQuery(ANN, requestOf({ userId: 'bob' })))).toBe('forbidden');
    expect(toDataQuery(ROOT, requestOf({ userId: 'bob' }))).toMatchObject({ subject: 'bob', tenantId: null });
  });

  it('reads whole tables for an administrator only, even when a user is named', () => {
    const whole = requestOf({ tables: ['users'], userId: 'ann' });

    expect(kindOf(() => toDataQuery(ANN, whole))).toBe('forbidden');
    expect(toDataQuery(ROOT, whole)).toMatchObject({ scope: 'tables', tables: ['users'], subject: null });
  });

  it.each([
    ['tables and data types at once', { tables: ['users'], dataTypes: ['profile'] }, ['data_types']],
    ['everything, by data types', { type: 'full', dataTypes: ['profile'] }, ['data_types']],
    ['a part, without saying which', {}, ['data_types']],
    ['a table twice', { type: 'bulk', tables: ['users', 'orders', 'users'] }, ['tables.2']],
  ] as const)('is rejected for %s', (_, traits, fields) => {
    expect(validateRequest(requestOf(traits)).map(({ field }) => field)).toEqual(fields);
  });

  it('accepts all data types, some of them, and tables', () => {
    const requests = [
      { type: 'full' },
      { dataTypes: ['profile'] },
      { type: 'bulk', tables: ['users', 'orders'] },
    ] as const;

    expect(requests.flatMap((traits) => validateRequest(requestOf(traits)))).toEqual([]);
  });

  it('accepts only formats that support rows', () => {
    expect(parseFormat('csv', ['json', 'csv'])).toBe('csv');
    expect(kindOf(() => parseFormat('pdf', ['json', 'csv']))).toBe('invalid');
  });
});

describe('Format options of a row export', () => {
  it.each<[FileOptions, ExportFormat]>([
    [{}, 'xml'],
    [{ raw: true, bom: false, delimiter: '\t', timezone: 'Europe/Kyiv', compression: 'gzip' }, 'csv'],
    [{ raw: false, timezone: 'UTC' }, 'xlsx'],
    [{ compression: 'gzip' }, 'ndjson'],
    [{ delimiter: undefined }, 'json'],
  ])('accept %j for %s', (options, format) => {
    expect(validateOptions(options, format)).toEqual([]);
  });

  it.each<[object, ExportFormat | null, string]>([
    [{ raw: 'true' }, 'csv', 'raw'],
    [{ bom: 1 }, 'csv', 'bom'],
    [{ delimiter: ',,' }, 'csv', 'delimiter'],
    [{ delimiter: '"' }, null, 'delimiter'],
    [{ timezone: '+02:00' }, 'csv', 'timezone'],
    [{ timezone: null }, 'csv', 'timezone'],
    [{ compression: 'zip' }, 'csv', 'compression'],
    [{ raw: true }, 'json', 'raw'],
    [{ bom: true }, 'xlsx', 'bom'],
    [{ delimiter: ';' }, 'xml', 'delimiter'],
    [{ compression: 'gzip' }, 'xlsx', 'compression'],
    [{ title: 'a' }, 'csv', 'title'],
    [{ constructor: true }, 'csv', 'constructor'],
  ])('reject %j for %s', (options, format, option) => {
    expect(validateOptions(options as FileOptions, format).map(({ field }) => field)).toEqual([`options.${option}`]);
  });

  it('reject compression for the zip of several tables', () => {
    const gzip: FileOptions = { compression: 'gzip' };

    expect(validateTables(gzip, 'csv', [NOTES, NOTES]).map(({ field }) => field)).toEqual(['options.compression']);
    expect([
      validateTables(gzip, 'csv', [NOTES]),
      validateTables(gzip, 'json', [NOTES, NOTES]),
      validateTables({}, 'csv', [NOTES, NOTES]),
    ]).toEqual([[], [], []]);
  });

  it.each<[object, string]>([
    [{ parts: 1 }, 'parts'],
    [{ parts: 2.5 }, 'parts'],
    [{ parts: '4' }, 'parts'],
    [{ parts: null }, 'parts'],
    [{ parts: 4, max_part_bytes: 2_000_000 }, 'parts'],
    [{ max_part_rows: 10 }, 'max_part_rows'],
    [{ max_part_bytes: 1e300 }, 'max_part_bytes'],
    [{ partition_by: 'at' }, 'partition_by'],
    [{ partition_by: { column: 'at' } }, 'partition_by'],
    [{ partition_by: { column: 'at', unit: 'day', more: 1 } }, 'partition_by'],
  ])('reject the division %j', (options, option) => {
    expect(validateOptions(options as FileOptions, 'csv').map(({ field }) => field)).toEqual([`options.${option}`]);
  });

  it('divide one table in formats of rows, and no other export', () => {
    expect(validateOptions({ max_part_rows: 1_000, max_part_bytes: 2_000_000 }, 'ndjson')).toEqual([]);
    expect(validateOptions({ parts: 4 }, 'xlsx').map(({ field }) => field)).toEqual(['options.parts']);
    expect(validateTables({ parts: 4 }, 'csv', [NOTES])).toEqual([]);
    expect(validateTables({ parts: 4 }, 'csv', [NOTES, NOTES]).map(({ field }) => field)).toEqual(['options.parts']);
    expect(validateStreamOptions({ parts: 4 }).map(({ field }) => field)).toEqual(['options.parts']);
  });

  it.each<[string, PartitionUnit, string[]]>([
    ['at', 'hour', []],
    ['at', 'value', ['options.partition_by.unit']],
    ['kind', 'value', []],
    ['kind', 'year', ['options.partition_by.unit']],
    ['size', 'value', ['options.partition_by.column']],
  ])('make folders of the column %s by %s', (column, unit, fields) => {
    const errors = validateTables({ partition_by: { column, unit } }, 'csv', [NOTES]);

    expect(errors.map(({ field }) => field)).toEqual(fields);
  });
});
