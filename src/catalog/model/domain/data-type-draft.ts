import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import { type DataTypeDefinition, isOwnTable } from './data-type';
import type { LiveTable, LiveColumn } from './table-plan';

export const MAX_NAME_LENGTH = 100;

/** The most columns a PostgreSQL table can have. */
const MAX_COLUMNS = 1_600;

/** Most tables keep the owner of a row in this column. */
const DEFAULT_OWNER_COLUMN = 'user_id';

const CONTROL_CHARACTER = /\p{Cc}/u;
const ID_DIGITS = /^[0-9a-f]{32}$/i;

/** A data type as an administrator sent it. Its tables and columns may not exist. */
export interface DataTypeDraft {
  readonly name: string;
  readonly description: string | null;
  readonly tables: readonly string[];
  /** By table, unchecked: should be lists of column names. */
  readonly columns: Readonly<Record<string, unknown>> | null;
  /**
   * By table, unchecked: the name of a column, or `null` for a table that only administrators may
   * export.
   */
  readonly owners: Readonly<Record<string, unknown>>;
  readonly isActive: boolean;
}

/**
 * Validates a draft against the database and the other data types.
 * @param live the tables of the draft that exist, by name
 * @param others all other data types: they must agree with the draft about the owner of a table
 * @throws DomainError invalid, listing every error
 */
export function toDefinition(
  draft: DataTypeDraft,
  live: ReadonlyMap<string, LiveTable>,
  others: readonly DataTypeDefinition[] = [],
): DataTypeDefinition {
  const name = draft.name.trim();
  const errors = [
    ...validateName(name),
    ...draft.tables.flatMap((table, index) => validateTable(draft.tables, table, index, live)),
    ...Object.entries(draft.columns ?? {}).flatMap(([table, listed]) => validateColumns(draft, table, listed, live)),
    ...Object.entries(draft.owners).flatMap(([table, owner]) => validateOwner(draft, table, owner, live)),
  ];
  const owners = resolveOwners(draft, live);
  if (errors.length === 0)
    errors.push(...Object.entries(owners).flatMap(([table, owner]) => validateOwnerAgreement(table, owner, others)));
  if (errors.length > 0) throw DomainError.invalidRequest(...errors);
  return {
    name,
    description: draft.description,
    tables: draft.tables,
    columns: draft.columns as DataTypeDefinition['columns'],
    owners,
    isActive: draft.isActive,
  };
}

function validateName(name: string): FieldError[] {
  const error = (message: string) => [{ field: 'name', message }];
  const { length } = Array.from(name);
  if (length === 0 || length > MAX_NAME_LENGTH) return error(`must have 1 to ${MAX_NAME_LENGTH} characters`);
  if (CONTROL_CHARACTER.test(name) || !name.isWellFormed()) return error('must not contain control characters');
  // Requests refer to a data type by name or by id.
  if (ID_DIGITS.test(name.replaceAll(/[-{}]/g, ''))) return error('must not look like an id');
  return [];
}

function validateTable(
  tables: readonly string[],
  table: string,
  index: number,
  live: ReadonlyMap<string, LiveTable>,
): FieldError[] {
  const error = (message: string) => [{ field: `tables.${index}`, message: `${JSON.stringify(table)} ${message}` }];
  if (isOwnTable(table)) return error('is the name of a table of this service, which is never exported');
  if (tables.indexOf(table) < index) return error('is listed twice');
  if (live.has(table)) return [];
  if (table.startsWith('public.')) return error('must be given without the schema public');
  return error('is not a table of the database');
}

function validateColumns(
  { tables }: DataTypeDraft,
  table: string,
  listed: unknown,
  live: ReadonlyMap<string, LiveTable>,
): FieldError[] {
  const field = `columns.${table}`;
  if (!tables.includes(table)) return [{ field, message: `${JSON.stringify(table)} is not among the tables` }];
  if (!Array.isArray(listed) || listed.length === 0) {
    return [{ field, message: 'must be a list of at least one column. Omit the table to export all columns' }];
  }
  if (listed.length > MAX_COLUMNS) return [{ field, message: `must list at most ${MAX_COLUMNS} columns` }];
  return listed.flatMap((column: unknown, index) => {
    const error = (message: string) => [{ field: `${field}.${index}`, message }];
    if (typeof column !== 'string') return error('must be the name of a column');
    if (listed.indexOf(column) < index) return error(`${JSON.stringify(column)} is listed twice`);
    return findMissingColumn(live.get(table), column).flatMap(error);
  });
}

function validateOwner(
  { tables }: DataTypeDraft,
  table: string,
  owner: unknown,
  live: ReadonlyMap<string, LiveTable>,
): FieldError[] {
  const error = (message: string) => [{ field: `owners.${table}`, message }];
  if (!tables.includes(table)) return error(`${JSON.stringify(table)} is not among the tables`);
  if (owner === null) return [];
  if (typeof owner !== 'string') return error('must be the name of a column, or null');
  const missing = findMissingColumn(live.get(table), owner);
  if (missing.length > 0) return missing.flatMap(error);
  const column = live.get(table)?.columns.find(({ name }) => name === owner);
  if (!column || canHoldUserId(column)) return [];
  return error(
    `the column ${JSON.stringify(owner)} is of the type ${column.type.name}. The type of an owner column must be ${OWNER_TYPES}`,
  );
}

/** With two owners of a table, the name of a data type would decide whose rows a user gets. */
function validateOwnerAgreement(table: string, owner: string, others: readonly DataTypeDefinition[]): FieldError[] {
  const other = others.find(({ owners }) => Object.hasOwn(owners, table) && owners[table] !== owner);
  if (!other) return [];
  const message = `the data type ${JSON.stringify(other.name)} says that the owner column of the table is ${JSON.stringify(other.owners[table])}`;
  return [{ field: `owners.${table}`, message }];
}

/** Reports nothing for a missing table, which has an error of its own. */
function findMissingColumn(table: LiveTable | undefined, column: string): string[] {
  if (!table || table.columns.some(({ name }) => name === column)) return [];
  return [`the table ${JSON.stringify(table.name)} has no column ${JSON.stringify(column)}`];
}

function resolveOwners(
  { tables, owners }: DataTypeDraft,
  live: ReadonlyMap<string, LiveTable>,
): Record<string, string> {
  const known = tables.flatMap((table): [string, string][] => {
    const given = Object.hasOwn(owners, table) ? owners[table] : findDefaultOwner(live.get(table));
    return typeof given === 'string' ? [[table, given]] : [];
  });
  return Object.fromEntries(known);
}

function findDefaultOwner(table: LiveTable | undefined): string | undefined {
  return table?.columns.find((column) => column.name === DEFAULT_OWNER_COLUMN && canHoldUserId(column))?.name;
}

/** Named as in pg_type. */
const TEXT_TYPES: readonly string[] = ['text', 'varchar', 'uuid'];

/** The types of owner columns by their SQL names, for error messages. */
export const OWNER_TYPES = 'text, varchar, uuid, smallint, integer, bigint or numeric without decimals';

/**
 * Whether a column can hold the owner's id. Types that treat different ids as equal are rejected,
 * because one user would get the rows of another: citext ignores case, char(n) ignores trailing
 * spaces, and name truncates.
 */
export function canHoldUserId({ type, family, scale }: LiveColumn): boolean {
  if (type.schema !== 'pg_catalog') return false;
  if (type.name === 'oid') return false;
  return TEXT_TYPES.includes(type.name) || family === 'integer' || (family === 'decimal' && scale === 0);
}
