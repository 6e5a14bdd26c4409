import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import type { DataTypeDefinition } from './data-type';
import type { LiveTable } from './live-table';
import { isOwnTable } from './own-tables';
import type { LiveColumn } from './live-table';

export const MAX_NAME_LENGTH = 100;

/** As many as PostgreSQL gives a table. */
const MAX_COLUMNS = 1_600;

/** The column that says in most tables whose row it is. */
const DEFAULT_OWNER_COLUMN = 'user_id';

const CONTROL_CHARACTER = /\p{Cc}/u;
const ID_DIGITS = /^[0-9a-f]{32}$/i;

/** What an administrator wants a data type to be. Nothing in it is known to exist. */
export interface DataTypeDraft {
  readonly name: string;
  readonly description: string | null;
  readonly tables: readonly string[];
  /** By table, as they were given: lists of column names, it is hoped. */
  readonly columns: Readonly<Record<string, unknown>> | null;
  /** By table, as they were given: the name of a column, or `null` for a table that is for administrators only. */
  readonly owners: Readonly<Record<string, unknown>>;
  readonly isActive: boolean;
}

/**
 * The data type that a draft describes, once everything it names is there.
 * @param live those of its tables that the database has
 * @param others the data types beside it: a table has one owner, whichever of them names it
 * @throws DomainError invalid, naming everything that is wrong
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
  // Exports name a data type by either.
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
  if (isOwnTable(table)) return error('has the name of a table of this service, which is never exported');
  if (tables.indexOf(table) < index) return error('is listed twice');
  if (live.has(table)) return [];
  if (table.startsWith('public.')) return error('is not known by that name: leave out the schema public');
  return error('is no table of the database');
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
    return [{ field, message: 'must be a list of at least one column; leave the table out to give them all' }];
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
    `the column ${JSON.stringify(owner)} is of the type ${column.type.name}; the id of a user needs one of ${OWNER_TYPES}`,
  );
}

/** Were there two, it would depend on the name of a data type whose rows somebody gets. */
function validateOwnerAgreement(table: string, owner: string, others: readonly DataTypeDefinition[]): FieldError[] {
  const other = others.find(({ owners }) => Object.hasOwn(owners, table) && owners[table] !== owner);
  if (!other) return [];
  const message = `the data type ${JSON.stringify(other.name)} says that ${JSON.stringify(other.owners[table])} holds whose row it is`;
  return [{ field: `owners.${table}`, message }];
}

/** Of a table that is not there either, that alone is said. */
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

/** As PostgreSQL calls them itself. */
const TEXTS: readonly string[] = ['text', 'varchar', 'uuid'];

/** The types of owner columns, as people call them. */
export const OWNER_TYPES = 'text, varchar, uuid, smallint, integer, bigint or numeric without decimals';

/**
 * Whether the column can say whose row it is. Types for which two ids may count as the same are refused, since one user
 * would get the rows of the other: citext does not see case, char(n) no spaces at the end, and name cuts off.
 */
export function canHoldUserId({ type, family, scale }: LiveColumn): boolean {
  if (type.schema !== 'pg_catalog') return false;
  if (type.name === 'oid') return false;
  return TEXTS.includes(type.name) || family === 'integer' || (family === 'decimal' && scale === 0);
}
