import type { operations } from '@export-service/client';

export type AuditQuery = NonNullable<operations['listAuditLog']['parameters']['query']>;

/** What the user filters by, as the fields have it: texts, where empty is no filter. */
export const FILTERS = [
  'action',
  'user_id',
  'export_id',
  'schedule_id',
  'customer_id',
  'tenant_id',
  'address',
  'from',
  'to',
] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filters = Readonly<Record<FilterName, string>>;

export const NO_FILTERS = Object.fromEntries(FILTERS.map((name) => [name, ''])) as Filters;

const TABLE = 'export_audit_log';
const PREFIX = '.*';

/** Midnight where the user is, of a day as `<input type="date">` has it. */
function startOf(day: string, offsetDays = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + offsetDays).toISOString();
}

function boundsOf({ from, to }: Filters): { from?: string; to?: string } {
  // The last day is included.
  return { ...(from !== '' && { from: startOf(from) }), ...(to !== '' && { to: startOf(to, 1) }) };
}

function columnsOf(filters: Filters): [Exclude<FilterName, 'from' | 'to'>, string][] {
  return FILTERS.flatMap((name): [Exclude<FilterName, 'from' | 'to'>, string][] => {
    const value = filters[name].trim();
    return name === 'from' || name === 'to' || value === '' ? [] : [[name, value]];
  });
}

export function toAuditQuery(filters: Filters): AuditQuery {
  return { ...Object.fromEntries(columnsOf(filters)), ...boundsOf(filters) };
}

type Condition = string | { readonly like: string } | { readonly gte?: string; readonly lt?: string };

/** The same entries, as the filters of an export of the audit log. */
export function toExportFilters(filters: Filters): Record<string, Record<string, Condition>> {
  const { from, to } = boundsOf(filters);
  const conditions: Record<string, Condition> = Object.fromEntries(
    columnsOf(filters).map(([name, value]) => [name, name === 'action' ? actionCondition(value) : value]),
  );
  if (from !== undefined || to !== undefined)
    conditions['at'] = { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) };
  return Object.keys(conditions).length === 0 ? {} : { [TABLE]: conditions };
}

function actionCondition(action: string): Condition {
  if (!action.endsWith(PREFIX)) return action;
  const prefix = action.slice(0, -1).replaceAll(/[\\%_]/g, String.raw`\$&`);
  return { like: `${prefix}%` };
}

export const AUDIT_TABLE = TABLE;
