import type { components } from '@export-service/client';

export type DataType = components['schemas']['DataTypeResponse'];
export type DataTypeRequest = components['schemas']['DataTypeRequest'];
export type SourceTable = components['schemas']['SourceTableResponse'];

/** A table of a data type, as the form has it. */
export interface TableDraft {
  readonly name: string;
  /** Null for all columns that are not sensitive. */
  columns: string[] | null;
  /** The column that has the owner's id; empty for a table that only administrators export. */
  owner: string;
}

export interface DataTypeDraft {
  name: string;
  description: string;
  isActive: boolean;
  tables: TableDraft[];
}

const DEFAULT_OWNER = 'user_id';

export function emptyDraft(): DataTypeDraft {
  return { name: '', description: '', isActive: true, tables: [] };
}

export function toDraft({ name, description, is_active: isActive, tables, columns, owners }: DataType): DataTypeDraft {
  return {
    name,
    description: description ?? '',
    isActive,
    tables: tables.map((table) => ({
      name: table,
      columns: ownValue(columns ?? {}, table)?.slice() ?? null,
      owner: ownValue(owners, table) ?? '',
    })),
  };
}

/** A table that was just chosen: with the owner column that the service would take, too. */
export function newTable(table: SourceTable): TableDraft {
  const owner = table.columns.find(({ name, can_be_owner: canBeOwner }) => name === DEFAULT_OWNER && canBeOwner);
  return { name: table.name, columns: null, owner: owner?.name ?? '' };
}

export function toRequest({ name, description, isActive, tables }: DataTypeDraft): DataTypeRequest {
  const listed = tables.flatMap(({ name: table, columns }): [string, string[]][] =>
    columns ? [[table, columns]] : [],
  );
  return {
    name: name.trim(),
    description: description.trim() === '' ? null : description.trim(),
    is_active: isActive,
    tables: tables.map((table) => table.name),
    columns: listed.length === 0 ? null : Object.fromEntries(listed),
    owners: Object.fromEntries(tables.map((table) => [table.name, table.owner === '' ? null : table.owner])),
  };
}

export interface TableProblems {
  table?: string;
  columns?: string;
  owner?: string;
}

/** The problems of each table, of which the fields have the table's number or its name. */
export function problemsOfTables(
  tables: readonly TableDraft[],
  problems: Readonly<Record<string, string>>,
): TableProblems[] {
  return tables.map(({ name }, index) => {
    const field = `columns.${name}`;
    const ofColumns = Object.entries(problems).flatMap(([key, text]) =>
      key === field || (key.startsWith(`${field}.`) && /^\d+$/.test(key.slice(field.length + 1))) ? [text] : [],
    );
    const [table, owner] = [problems[`tables.${index}`], problems[`owners.${name}`]];
    return {
      ...(table !== undefined && { table }),
      ...(ofColumns.length > 0 && { columns: ofColumns.join('. ') }),
      ...(owner !== undefined && { owner }),
    };
  });
}

/** A table may be called `constructor`. */
function ownValue<Value>(values: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
