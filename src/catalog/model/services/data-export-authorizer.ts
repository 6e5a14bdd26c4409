import { Injectable } from '@nestjs/common';
import type { SourceEstimate } from '../../../export';
import type { ExportFormat, ExportOptions } from '../../../formats';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import {
  type DataExportType,
  type DataParams,
  type DataQuery,
  requireAccessTo,
  type DataRequest,
  parseFormat,
  toDataQuery,
  validateRequest,
  type FileOptions,
  validateOptions,
  validateTables,
} from '../domain/data-query';
import { SourceDatabase, type SourceView } from '../domain/interfaces/source-database';
import { isRelative } from '../domain/table-plan';
import { type CheckedPlan, DataPlanner } from './data-planner';
import { RowEstimates } from './row-estimates';

/** An export of rows that the caller may make: the input of its record. */
export interface DataExportAuthorization {
  readonly caller: UserPrincipal;
  readonly format: ExportFormat;
  readonly params: DataParams;
  /** As the caller gave them. */
  readonly options: ExportOptions;
  /** What is read and whose rows they are, for the audit log. */
  readonly audited: Readonly<Record<string, string>>;
  /** `null` if the rows were not estimated. */
  readonly estimate: SourceEstimate | null;
}

const MAX_AUDITED_LENGTH = 500;

const WHOLE_DOCUMENT = {
  scope: 'document',
  dataTypes: [],
  tables: [],
  filters: undefined,
  columns: undefined,
} as const;

/**
 * Decides who may export what, and validates the query in the database before the export is
 * accepted.
 */
@Injectable()
export class DataExportAuthorizer {
  constructor(
    private readonly planner: DataPlanner,
    private readonly database: SourceDatabase,
    private readonly estimates: RowEstimates,
  ) {}

  /**
   * Authorizes an export of rows. If a filter is relative, `params.asOf` fixes the moment that it
   * is relative to.
   * @param sampleRows how many rows of each table the estimate shows; 0 for an export that is made anyway
   * @throws DomainError forbidden | invalid, listing every field error | conflict
   */
  async authorize(
    caller: UserPrincipal,
    request: DataRequest,
    formats: readonly ExportFormat[],
    sampleRows = 0,
  ): Promise<DataExportAuthorization> {
    const query = toDataQuery(caller, request);
    const errors = new ValidationErrors();
    const format = await errors.collect(() => parseFormat(request.format, formats));
    errors.add(...validateRequest(request), ...validateOptions(request.options, format ?? null));
    const checked = await errors.collect(() =>
      this.database.preview(async (view) => {
        const plans = await this.planner.planAndCheck(query, view);
        errors.add(
          ...validateTables(
            request.options,
            format ?? null,
            plans.map(({ plan }) => plan),
          ),
        );
        const asOf = plans.some(({ plan }) => isRelative(plan)) ? view.takenAt : null;
        return { asOf, estimate: errors.isEmpty ? await this.estimate(plans, view, sampleRows) : null };
      }, query.timeZone),
    );
    errors.throwIfAny();
    if (format === undefined || checked === undefined) throw new Error('An invalid request passed validation');
    const asked = { ...query, asOf: checked.asOf };
    return toAuthorization(asked, caller, request.type, format, { ...request.options }, checked.estimate);
  }

  /** Authorizes the document of one user. @throws DomainError forbidden | invalid | not-found */
  async authorizeUserDocument(
    caller: UserPrincipal,
    userId: string,
    format: unknown,
    formats: readonly ExportFormat[],
  ): Promise<DataExportAuthorization> {
    const options: FileOptions = {};
    const query = { ...toDataQuery(caller, { type: 'full', format, userId, options }), ...WHOLE_DOCUMENT };
    const isOwn = requireAccessTo(caller, userId);
    const known = parseFormat(format, formats);
    await this.database.preview(async (view) => {
      const [profile] = await this.planner.planAndCheck(query, view);
      if (!isOwn && profile && !(await view.hasRows(profile.plan))) throw DomainError.notFound('User');
    });
    return toAuthorization(query, caller, 'user', known, {}, null);
  }

  /** Rows that cannot be read fail an estimate, but not the request of an export: that fails itself, with the reason. */
  private async estimate(
    plans: readonly CheckedPlan[],
    view: SourceView,
    sampleRows: number,
  ): Promise<SourceEstimate | null> {
    try {
      return await this.estimates.estimate(plans, view.estimates, sampleRows);
    } catch (error) {
      if (sampleRows > 0 || !(error instanceof DomainError)) throw error;
      return null;
    }
  }
}

/** Collects the field errors of several checks, so that one response lists all of them. */
class ValidationErrors {
  private readonly fields: FieldError[] = [];
  private first: DomainError | undefined;

  get isEmpty(): boolean {
    return this.fields.length === 0;
  }

  add(...fields: readonly FieldError[]): void {
    this.fields.push(...fields);
  }

  /**
   * @returns the result of the work, or `undefined` if it threw field errors
   * @throws any other error of the work
   */
  async collect<Result>(work: () => Result | Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DomainError) || !error.details.fields?.length) throw error;
      this.first ??= error;
      this.add(...error.details.fields);
      return undefined;
    }
  }

  /** @throws DomainError invalid */
  throwIfAny(): void {
    if (this.fields.length === 0) return;
    if (!this.first) throw DomainError.invalidRequest(...this.fields);
    throw DomainError.invalid(this.first.code, this.first.message, ...this.fields);
  }
}

function toAuthorization(
  query: DataQuery,
  caller: UserPrincipal,
  type: DataExportType,
  format: ExportFormat,
  options: ExportOptions,
  estimate: SourceEstimate | null,
): DataExportAuthorization {
  const { dataTypes, tables, filters, columns, subject, asOf, timeZone } = query;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    caller,
    format,
    params: { type, dataTypes, tables, filters, columns, subject, asOf, timeZone, title: null },
    options: Object.fromEntries(given),
    audited: toAuditDetails(query),
    estimate,
  };
}

/** Names as in the request. Long lists are cut; the record of the export has them whole. */
function toAuditDetails({ scope, dataTypes, tables, subject }: DataQuery): Record<string, string> {
  const names = (list: readonly string[]) => list.join(', ').slice(0, MAX_AUDITED_LENGTH);
  return {
    ...(subject !== null && { subject }),
    ...(tables.length > 0 && { tables: names(tables) }),
    ...(dataTypes.length > 0 && { data_types: names(dataTypes) }),
    ...(scope === 'types' && dataTypes.length === 0 && { data_types: 'all' }),
  };
}
