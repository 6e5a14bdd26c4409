import type { Client } from './client';
import type { Installation } from './installation';
import { addTableType } from './data';
import { type WaitOptions, until } from './until';

export const SCHEDULES = '/api/v1/exports/scheduled';

/** The fields of a schedule that tests read. */
export interface ScheduleRecord {
  readonly id: string;
  readonly name: string;
  readonly next_run_at: string | null;
  readonly last_run_at: string | null;
  readonly last_run: { readonly export_id: string; readonly status: string; readonly outcome: string | null } | null;
  readonly is_active: boolean;
  readonly paused_reason: string | null;
  readonly failures: number;
  readonly webhook_secret?: string;
}

export interface RunRecord {
  readonly id: string;
  readonly slot: string | null;
  readonly trigger: 'schedule' | 'manual';
  readonly export_id: string;
  readonly status: string;
  readonly outcome: string | null;
  readonly error: string | null;
  readonly record_count: number | null;
  readonly deliveries: readonly { readonly channel: string; readonly status: string; readonly error: string | null }[];
}

/** Creates a table of rows with owners, and a data type of its name. */
export async function createNotes(installation: Installation, ...owners: string[]): Promise<void> {
  await installation.sql('CREATE TABLE notes (id integer, user_id text, created_at timestamptz DEFAULT now())');
  for (const owner of owners)
    await installation.sql('INSERT INTO notes SELECT n, $1 FROM generate_series(1, 3) n', owner);
  await addTableType(installation, 'notes');
}

/** The minimal request for a schedule of one's notes. */
export function notesSchedule(more: object = {}): object {
  return { name: 'my notes', data_types: ['notes'], format: 'csv', frequency: 'daily', ...more };
}

/** Creates a schedule, which must succeed. */
export async function createSchedule(person: Client, more: object = {}): Promise<ScheduleRecord> {
  const { status, body, text } = await person.post(SCHEDULES, notesSchedule(more));
  if (status !== 201) throw new Error(`The schedule was not created: ${text}`);
  return body as ScheduleRecord;
}

export async function scheduleOf(person: Client, id: string): Promise<ScheduleRecord> {
  return (await person.get(`${SCHEDULES}/${id}`)).body as ScheduleRecord;
}

export async function runsOf(person: Client, id: string): Promise<RunRecord[]> {
  return (await person.get(`${SCHEDULES}/${id}/runs?limit=200`)).body.results as RunRecord[];
}

/** Makes the schedule due now. */
export async function makeDue(installation: Installation, id: string): Promise<void> {
  await installation.sql(`UPDATE scheduled_exports SET next_run_at = now() WHERE id = $1 AND is_active`, id);
}

/** Waits until a number of runs of a schedule have an outcome. @returns all of them, newest first */
export function settledRuns(person: Client, id: string, count: number, options?: WaitOptions): Promise<RunRecord[]> {
  return until(
    `${count} runs of the schedule have ended`,
    async () => {
      const runs = await runsOf(person, id);
      return runs.filter(({ outcome }) => outcome !== null).length >= count && runs;
    },
    { every: 100, ...options },
  );
}

/** The audited actions on a schedule, in order. */
export async function auditActionsOf(installation: Installation, id: string): Promise<string[]> {
  const rows = await installation.sql<{ action: string }>(
    `SELECT action FROM export_audit_log WHERE schedule_id = $1 AND action LIKE 'schedule.%' ORDER BY id`,
    id,
  );
  return rows.map(({ action }) => action);
}
