import { type ApiResponse, Client, type ExportRecord } from './client';
import type { Installation } from './installation';

interface TableTypeTraits {
  /** `null` for a table that only administrators may export. */
  readonly owner?: string | null;
  readonly columns?: readonly string[];
}

/** Adds a data type for a table or view, under the name of the table. */
export async function addTableType(
  installation: Installation,
  table: string,
  { owner = 'user_id', columns }: TableTypeTraits = {},
): Promise<void> {
  await installation.sql(
    'INSERT INTO export_data_types (name, tables, columns, owners) VALUES ($1, $2, $3, $4)',
    table,
    JSON.stringify([table]),
    columns ? JSON.stringify({ [table]: columns }) : null,
    JSON.stringify(owner === null ? {} : { [table]: owner }),
  );
}

/** Requests a CSV of data types, which must succeed. @returns the id of the export */
export async function requestRows(person: Client, ...dataTypes: string[]): Promise<string> {
  const response = await person.post('/api/v1/exports', { type: 'partial', format: 'csv', data_types: dataTypes });
  return (createdOf(response) as ExportRecord).id;
}

/** Requests whole tables as an administrator, which must succeed. @returns the id of the export */
export async function requestTables(admin: Client, body: object): Promise<string> {
  return (createdOf(await admin.post('/api/v1/export/bulk', { format: 'csv', ...body })) as { jobId: string }).jobId;
}

function createdOf({ status, body, text }: ApiResponse): unknown {
  if (status !== 201) throw new Error(`The export was not created: ${text}`);
  return body as unknown;
}

/** The running queries of exports, from pg_stat_activity. */
export function runningQueries(installation: Installation): Promise<{ query: string; waits_for: string | null }[]> {
  return installation.sql(
    `SELECT query, wait_event AS waits_for FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE '%-reader' AND state = 'active'
       AND query ~* '(^COPY|count\\(\\*\\))'`,
  );
}

interface SlowView {
  readonly owner: string;
  readonly rows: number;
  /** Which query is slow. */
  readonly during: 'count' | 'copy';
  readonly milliseconds?: number;
}

/** Adds a data type for a view that sleeps on every row, like a large table on a slow disk. */
export async function addSlowView(
  installation: Installation,
  view: string,
  { owner, rows, during, milliseconds = 1 }: SlowView,
): Promise<void> {
  const query = during === 'copy' ? 'COPY%' : '%count(*)%';
  await installation.sql(`
    CREATE VIEW ${view} AS
    SELECT n AS id, '${owner}'::uuid AS user_id, repeat('x', 1000) AS filler,
           CASE WHEN current_query() LIKE '${query}' THEN pg_sleep(${milliseconds / 1000})::text END AS nap
    FROM generate_series(1, ${rows}) n`);
  await addTableType(installation, view);
}
