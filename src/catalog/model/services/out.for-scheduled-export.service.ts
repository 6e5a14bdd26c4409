import { Injectable } from '@nestjs/common';
import type { ExportFormat } from '../../../formats';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { describeData } from '../domain/data-query';
import { TABLE_FORMATS } from '../domain/data-request';
import type { FileOptions } from '../domain/export-options';
import { DataExportAuthorizer } from './data-export-authorizer';

/** What each run of a schedule is to export. */
export interface ScheduledRows {
  readonly format: string;
  /** Names or ids; every active one when neither they nor tables are named. */
  readonly dataTypes: readonly string[];
  /** Whole tables, for administrators. */
  readonly tables: readonly string[];
  readonly columns: unknown;
  readonly filters: unknown;
  /** Without the time zone. */
  readonly options: FileOptions;
  /** The schedule's, by its IANA name. */
  readonly timezone: string;
}

/** The same, granted: what the record of each run is made with. */
export interface AuthorizedRows {
  readonly format: ExportFormat;
  readonly dataTypes: readonly string[];
  readonly filters: unknown;
  /**
   * With what they hold beside these, the worker reads `as_of`, the moment by ISO 8601 that relative filters mean, and
   * `title`, which names the file.
   */
  readonly options: Readonly<Record<string, unknown>>;
  readonly audited: Readonly<Record<string, string>>;
}

/** What schedules may ask of the catalog. */
@Injectable()
export class CatalogForScheduledExport {
  constructor(private readonly authorizer: DataExportAuthorizer) {}

  /**
   * Judges what a schedule is to export by the rights of who keeps it, the catalog and the database as they are now.
   * @throws DomainError forbidden | invalid, naming every field that is wrong | conflict
   */
  async check(caller: UserPrincipal, { timezone, ...rows }: ScheduledRows): Promise<AuthorizedRows> {
    const request = { ...rows, type: 'scheduled' as const, options: { ...rows.options, timezone } };
    const { format, params, options, audited } = await this.authorizer.authorize(caller, request, TABLE_FORMATS);
    // Each run has a moment of its own.
    const { dataTypes, filters, options: described } = describeData({ ...params, asOf: null }, caller);
    return { format, dataTypes, filters, options: { ...described, ...options }, audited };
  }
}
