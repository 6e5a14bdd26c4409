import type { Export } from '@export-service/client';

/** What an export reads, for a text: `subject.<name>`. */
export interface Subject {
  readonly name: 'board' | 'boards' | 'event' | 'rows' | 'all' | 'tables' | 'user' | 'streamed';
  readonly values: { readonly names: string; readonly more: number; readonly user: string };
}

const SHOWN_NAMES = 3;

export function subjectOf(record: Export): Subject {
  if (record.kind !== 'data') return subject(record.kind);
  const { tables, user_id: user } = record.options;
  const names = tables ?? record.data_types ?? [];
  if (record.type === 'realtime') return subject('streamed', names);
  if (tables) return subject('tables', tables);
  if (user !== undefined) return subject('user', names, user);
  return names.length > 0 ? subject('rows', names) : subject('all');
}

function subject(name: Subject['name'], names: readonly string[] = [], user = ''): Subject {
  const shown = names.slice(0, SHOWN_NAMES);
  return { name, values: { names: shown.join(', '), more: names.length - shown.length, user } };
}

/** How true an estimate was: 10 for a file that became 10 % larger than expected. Null where one of both is unknown. */
export function deviation(expected: number | null, actual: number | null): number | null {
  if (expected === null || actual === null || expected === 0) return null;
  return Math.round((actual / expected - 1) * 100);
}

/** How long an export ran, in seconds. */
export function runSeconds({ started_at: started, completed_at: completed }: Export): number | null {
  return started === null || completed === null ? null : (Date.parse(completed) - Date.parse(started)) / 1000;
}

/** Which exports have a preview, and of which kind. */
export function previewOf(record: Export): 'rows' | 'pages' | 'none' {
  if (record.status !== 'completed' || record.one_time) return 'none';
  if (record.kind === 'board') return 'pages';
  if (record.format === 'parquet') return isParquet(record) ? 'rows' : 'none';
  return record.format === 'csv' || record.format === 'ndjson' ? 'rows' : 'none';
}

/** Whether the file is Parquet; several tables are a zip of such files. */
export function isParquet({ format, file_name: name }: Export): boolean {
  return format === 'parquet' && name !== null && name.endsWith('.parquet');
}
