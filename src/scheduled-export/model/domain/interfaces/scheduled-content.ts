import type { FileOptions } from '../../../../catalog';
import type { ExportFormat } from '../../../../export';
import type { Caller } from '../../../../platform/auth/caller';

/** What each run of a schedule is to export, as it was asked for. */
export interface ScheduledRows {
  readonly format: string;
  readonly dataTypes: readonly string[];
  /** Whole tables, for administrators. */
  readonly tables: readonly string[];
  readonly columns: unknown;
  readonly filters: unknown;
  readonly options: FileOptions;
  readonly timezone: string;
}

/** The same, as exports are to be made of it. */
export interface GrantedContent {
  readonly format: ExportFormat;
  readonly dataTypes: readonly string[];
  readonly filters: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly audited: Readonly<Record<string, string>>;
}

/** Judges what schedules may export. */
export abstract class ScheduledContent {
  /** @throws DomainError invalid | forbidden, naming the fields that are wrong */
  abstract check(caller: Caller, rows: ScheduledRows): Promise<GrantedContent>;
}
