import { Injectable } from '@nestjs/common';
import { ExportEstimates } from '../../../preview';
import type { ExportFormat } from '../../../formats';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { describeData, TABLE_FORMATS, type FileOptions } from '../domain/data-query';
import { DataExportAuthorizer } from './data-export-authorizer';

/** What each run of a schedule exports. */
export interface ScheduledRows {
  readonly format: string;
  /** Names or ids. Empty means every active data type, unless there are tables. */
  readonly dataTypes: readonly string[];
  /** Whole tables, for administrators only. */
  readonly tables: readonly string[];
  readonly columns: unknown;
  readonly filters: unknown;
  /** Without the time zone. */
  readonly options: FileOptions;
  /** The IANA time zone of the schedule. */
  readonly timezone: string;
}

/** The same after authorization: the input of the record of each run. */
export interface AuthorizedRows {
  readonly format: ExportFormat;
  readonly dataTypes: readonly string[];
  readonly filters: unknown;
  /**
   * A run adds `as_of`, the `now` of relative filters in ISO 8601, and `title`, which the file is
   * named after.
   */
  readonly options: Readonly<Record<string, unknown>>;
  readonly audited: Readonly<Record<string, string>>;
}

/** The catalog's API for schedules. */
@Injectable()
export class CatalogForScheduledExport {
  constructor(
    private readonly authorizer: DataExportAuthorizer,
    private readonly estimates: ExportEstimates,
  ) {}

  /**
   * Checks what a schedule exports against the rights of its owner, the catalog and the database.
   * @throws DomainError forbidden | invalid, listing every field error | conflict | unavailable | unprocessable, if a run
   * would have too many rows now
   */
  async check(caller: UserPrincipal, { timezone, ...rows }: ScheduledRows): Promise<AuthorizedRows> {
    const request = { ...rows, type: 'scheduled' as const, options: { ...rows.options, timezone } };
    const grant = await this.authorizer.authorize(caller, request, TABLE_FORMATS);
    const { format, params, options, audited, estimate } = grant;
    this.estimates.check(format, estimate);
    // Each run has its own `now`.
    const { dataTypes, filters, options: described } = describeData({ ...params, asOf: null }, caller);
    return { format, dataTypes, filters, options: { ...described, ...options }, audited };
  }
}
