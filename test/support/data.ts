import { type Answer, Client, type ExportRecord } from './client';
import type { Installation } from './installation';

interface Offer {
  /** `null` for a table that only administrators get. */
  readonly owner?: string | null;
  readonly columns?: readonly string[];
}

/** Offers a table or view under a data type of its name, its rows owned by `user_id`. */
export async function offer(
  installation: Installation,
  table: string,
  { owner = 'user_id', columns }: Offer = {},
): Promise<void> {
  await installation.sql(
    'INSERT INTO export_data_types (name, tables, columns, owners) VALUES ($1, $2, $3, $4)',
    table,
    JSON.stringify([table]),
    columns ? JSON.stringify({ [table]: columns }) : null,
    JSON.stringify(owner === null ? {} : { [table]: owner }),
  );
}

/** Asks for a CSV of data types that is sure to be granted. @returns its id */
export async function requestRows(person: Client, ...dataTypes: string[]): Promise<string> {
  const answer = await person.post('/api/v1/exports', { type: 'partial', format: 'csv', data_types: dataTypes });
  return (granted(answer) as ExportRecord).id;
}

/** Asks for whole tables as an administrator may. @returns the id of the export */
export async function requestTables(admin: Client, body: object): Promise<string> {
  return (granted(await admin.post('/api/v1/export/bulk', { format: 'csv', ...body })) as { jobId: string }).jobId;
}

function granted({ status, body, text }: Answer): unknown {
  if (status !== 201) throw new Error(`The export was not granted: ${text}`);
  return body as unknown;
}

/** What the service reads for exports at this moment, as PostgreSQL shows it. */
export function queriesRunning(installation: Installation): Promise<{ query: string; waits_for: string | null }[]> {
  return installation.sql(
    `SELECT query, wait_event AS waits_for FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE '%-reader' AND state = 'active'
       AND query ~* '(^COPY|count\\(\\*\\))'`,
  );
}

interface Slowness {
  readonly owner: string;
  readonly rows: number;
  /** What dwells on each row. */
  readonly during: 'count' | 'copy';
  readonly milliseconds?: number;
}

/** Offers a view that takes its time for every row, as a large table behind a slow disk does. */
export async function offerSlowly(
  installation: Installation,
  view: string,
  { owner, rows, during, milliseconds = 1 }: Slowness,
): Promise<void> {
  const query = during === 'copy' ? 'COPY%' : '%count(*)%';
  await installation.sql(`
    CREATE VIEW ${view} AS
    SELECT n AS id, '${owner}'::uuid AS user_id, repeat('x', 1000) AS filler,
           CASE WHEN current_query() LIKE '${query}' THEN pg_sleep(${milliseconds / 1000})::text END AS nap
    FROM generate_series(1, ${rows}) n`);
  await offer(installation, view);
}
