import type { RowsRequest, TablesRequest } from '@export-service/client';
import { type Condition, findConflicts, fromFilters, toFilters, toOperators } from './conditions';
import { type Division, fromDivisionOptions, isDivisible, toDivisionOptions } from './division';
import {
  FORMAT_OPTIONS,
  type FormatOptionName,
  type OptionValues,
  ROWS_FORMATS,
  type RowsFormat,
  toOptions,
} from './format-options';

/** An export of rows that a person puts together: what the editors change. It is plain data, so that a page can keep it. */
export interface Draft {
  /** Rows of one user, or whole tables, which only administrators export. */
  readonly scope: 'own' | 'tables';
  /** Names of data types; empty for everything. */
  readonly dataTypes: readonly string[];
  /** Whether all data types are exported, whatever `dataTypes` has. */
  readonly isEverything: boolean;
  /** Whose rows are exported; empty for those of the caller. */
  readonly userId: string;
  readonly tables: readonly string[];
  /** By table, in the order of the file. A table without a list has all columns. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  readonly conditions: readonly Condition[];
  readonly format: RowsFormat;
  readonly options: OptionValues;
  /** One file if absent. */
  readonly division?: Division;
  /** An IANA name. */
  readonly timeZone: string;
  /** How long the file is kept; empty for the service's default. */
  readonly retentionDays: string;
  readonly notify: DraftNotify;
}

export interface DraftNotify {
  /** Whether the caller gets a mail, as is usual. */
  readonly mail: boolean;
  readonly webhook: string;
  readonly webhookSecret: string;
}

export const UTC = 'UTC';

export function emptyDraft(changes: Partial<Draft> = {}): Draft {
  return {
    scope: 'own',
    dataTypes: [],
    isEverything: false,
    userId: '',
    tables: [],
    columns: {},
    conditions: [],
    format: 'xlsx',
    options: {},
    timeZone: UTC,
    retentionDays: '',
    notify: { mail: true, webhook: '', webhookSecret: '' },
    ...changes,
  };
}

/** What the rows of a request are: the part that schedules have in common with exports. */
export type SelectionRequest = Pick<RowsRequest, 'format' | 'filters' | 'columns' | 'options'> &
  (
    | { readonly tables: string[] }
    | { readonly type: 'full' | 'partial'; readonly data_types?: string[]; readonly user_id?: string }
  );

/**
 * @param tables the tables of the draft, if they are known: what is said about other tables is left out
 */
export function toSelection(draft: Draft, tables?: readonly string[]): SelectionRequest {
  const columns = Object.entries(draft.columns).filter(
    ([table, names]) => names.length > 0 && (tables === undefined || tables.includes(table)),
  );
  const filters = toFilters(draft.conditions, tables);
  const count = tables?.length ?? draft.tables.length;
  const options = {
    ...toOptions(draft.options, draft.format, count),
    ...(draft.division && isDivisible(draft.format, count) && toDivisionOptions(draft.division)),
    ...(draft.timeZone !== UTC && { timezone: draft.timeZone }),
  };
  return {
    ...toSubject(draft),
    format: draft.format,
    ...(filters && { filters: filters as RowsRequest['filters'] }),
    ...(columns.length > 0 && { columns: Object.fromEntries(columns.map(([table, names]) => [table, [...names]])) }),
    ...(Object.keys(options).length > 0 && { options: options as RowsRequest['options'] }),
  } as SelectionRequest;
}

function toSubject({ scope, tables, dataTypes, isEverything, userId }: Draft): object {
  if (scope === 'tables') return { tables: [...tables] };
  return {
    ...(isEverything ? { type: 'full' } : { type: 'partial', data_types: [...dataTypes] }),
    ...(userId !== '' && { user_id: userId }),
  };
}

/** The request that creates the export. @param tables as of `toSelection` */
export function toRequest(draft: Draft, tables?: readonly string[]): RowsRequest | TablesRequest {
  const days = Number(draft.retentionDays);
  const notify = toNotify(draft.notify);
  return {
    ...toSelection(draft, tables),
    ...(draft.retentionDays !== '' && !Number.isNaN(days) && { retention_days: days }),
    ...(notify !== undefined && { notify }),
  };
}

/** @returns undefined for what the service does by itself: a mail to the caller */
function toNotify({ mail, webhook, webhookSecret }: DraftNotify): RowsRequest['notify'] {
  if (webhook === '') return mail ? undefined : false;
  return { email: mail, webhook: { url: webhook, ...(webhookSecret !== '' && { secret: webhookSecret }) } };
}

/** A request, or the record of an export or a schedule, as far as a draft is made of it. */
export interface RequestLike {
  readonly type?: string | null;
  readonly format?: string;
  readonly tables?: readonly string[] | null;
  readonly data_types?: readonly string[] | null;
  readonly user_id?: string | null;
  readonly filters?: unknown;
  readonly columns?: unknown;
  readonly options?: unknown;
  readonly notify?: unknown;
  readonly retention_days?: number | null;
}

/**
 * The draft of an earlier request. In a record of an export, `user_id` is its owner and the options name the tables, the
 * columns and the user whose rows they are.
 */
export function fromRequest(request: RequestLike): Draft {
  const options = toObject(request.options);
  const isRecord = 'id' in request;
  const tables = namesOf(request.tables ?? options['tables']);
  const dataTypes = namesOf(request.data_types);
  const division = fromDivisionOptions(options);
  const userId = isRecord ? options['user_id'] : request.user_id;
  return emptyDraft({
    scope: tables.length > 0 ? 'tables' : 'own',
    tables,
    dataTypes,
    isEverything: tables.length === 0 && dataTypes.length === 0,
    userId: typeof userId === 'string' ? userId : '',
    columns: toColumns(request.columns ?? options['columns'], tables),
    conditions: fromFilters(request.filters),
    format: ROWS_FORMATS.find((format) => format === request.format) ?? 'xlsx',
    options: Object.fromEntries(
      (Object.keys(FORMAT_OPTIONS) as FormatOptionName[]).flatMap((name) => {
        const value = options[name];
        return typeof value === 'string' || typeof value === 'boolean' ? [[name, value]] : [];
      }),
    ),
    ...(division.by !== '' && { division }),
    timeZone: typeof options['timezone'] === 'string' ? options['timezone'] : UTC,
    retentionDays: request.retention_days == null ? '' : String(request.retention_days),
    notify: fromNotify(request.notify),
  });
}

function fromNotify(notify: unknown): DraftNotify {
  const { email, webhook } = toObject(notify);
  const url = toObject(webhook)['url'];
  const isSaid = notify !== undefined && notify !== null;
  return {
    mail: isSaid ? email !== undefined && email !== false && notify !== false : true,
    webhook: typeof url === 'string' ? url : '',
    webhookSecret: '',
  };
}

/** One list is for the only table. */
function toColumns(columns: unknown, tables: readonly string[]): Draft['columns'] {
  const [table] = tables;
  if (Array.isArray(columns)) return table === undefined ? {} : { [table]: namesOf(columns) };
  return Object.fromEntries(Object.entries(toObject(columns)).map(([name, names]) => [name, namesOf(names)]));
}

export type DraftProblem = 'nothing-chosen' | 'condition-unfinished' | 'condition-twice' | 'retention-invalid';

/** What keeps a draft from being exported, apart from what only the service can tell. */
export function findProblem(draft: Draft, tables?: readonly string[]): DraftProblem | undefined {
  const isChosen =
    draft.scope === 'tables' ? draft.tables.length > 0 : draft.isEverything || draft.dataTypes.length > 0;
  if (!isChosen) return 'nothing-chosen';
  const conditions = draft.conditions.filter(({ table }) => table === '' || !tables || tables.includes(table));
  if (conditions.some((condition) => toOperators(condition) === undefined)) return 'condition-unfinished';
  if (findConflicts(conditions).size > 0) return 'condition-twice';
  if (draft.retentionDays !== '' && !(Number(draft.retentionDays) > 0)) return 'retention-invalid';
  return undefined;
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
