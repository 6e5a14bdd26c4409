import { Injectable } from '@nestjs/common';
import type { ExportFormat, ExportOptions } from '../../../formats';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import { type DataExportType, type DataQuery, optionsOf } from '../domain/data-query';
import { checkSubject, type DataRequest, knownFormat, queryFor, requestErrors } from '../domain/data-request';
import { compressionErrors, type FileOptions, optionErrors } from '../domain/export-options';
import { SourceDatabase, type SourceView } from '../domain/interfaces/source-database';
import { isRelative, type TablePlan } from '../domain/table-plan';
import { DataPlanner } from './data-planner';

/** An export of rows that is within the rights of who asked, as its record is made. */
export interface DataExportAuthorization {
  readonly caller: UserPrincipal;
  readonly type: DataExportType;
  readonly format: ExportFormat;
  readonly dataTypes: readonly string[];
  readonly filters: unknown;
  readonly options: ExportOptions;
  /** What is read and whose it is, for the audit log. */
  readonly audited: Readonly<Record<string, string>>;
}

const MAX_AUDITED_LENGTH = 500;

const WHOLE_DOCUMENT = {
  scope: 'document',
  dataTypes: [],
  tables: [],
  filters: undefined,
  columns: undefined,
} as const;

/** Decides who may read what, and has the database judge it before anything is promised. */
@Injectable()
export class DataExportAuthorizer {
  constructor(
    private readonly planner: DataPlanner,
    private readonly database: SourceDatabase,
  ) {}

  /**
   * Grants an export of rows. Where a filter is relative to the present, the options say which moment that was.
   * @throws DomainError forbidden | invalid, naming every field that is wrong | conflict
   */
  async grant(
    caller: UserPrincipal,
    request: DataRequest,
    formats: readonly ExportFormat[],
  ): Promise<DataExportAuthorization> {
    const query = queryFor(caller, request);
    const wrong = new WrongFields();
    const format = await wrong.gather(() => knownFormat(request.format, formats));
    wrong.add(...requestErrors(request), ...optionErrors(request.options, format ?? null));
    const relativeTo = await wrong.gather(() =>
      this.database.look(async (view) => {
        const plans = await this.checkedPlans(query, view);
        wrong.add(...compressionErrors(request.options, format ?? null, plans.length));
        return plans.some(isRelative) ? view.takenAt : null;
      }, query.timeZone),
    );
    wrong.refuse();
    if (format === undefined) throw new Error('A format that is not known was let through');
    const moment = relativeTo != null && { as_of: relativeTo };
    return recordOf(query, caller, request.type, format, { ...request.options, ...moment });
  }

  /** Grants the document of one user. @throws DomainError forbidden | invalid | not-found */
  async grantDocument(
    caller: UserPrincipal,
    userId: string,
    format: unknown,
    formats: readonly ExportFormat[],
  ): Promise<DataExportAuthorization> {
    const options: FileOptions = {};
    const query = { ...queryFor(caller, { type: 'full', format, userId, options }), ...WHOLE_DOCUMENT };
    const isOwn = checkSubject(caller, userId);
    const known = knownFormat(format, formats);
    await this.database.look(async (view) => {
      const [profile] = await this.checkedPlans(query, view);
      if (!isOwn && profile && !(await view.hasRows(profile))) throw DomainError.notFound('User');
    });
    return recordOf(query, caller, 'user', known, {});
  }

  /** The plans, which the database has judged: once, when they are granted. */
  private async checkedPlans(query: DataQuery, view: SourceView): Promise<TablePlan[]> {
    const plans = await this.planner.plan(query, view);
    for (const plan of plans) await view.check(plan);
    return plans;
  }
}

/** Collects what several judges find wrong, so that it is all said at once. */
class WrongFields {
  private readonly fields: FieldError[] = [];
  private first: DomainError | undefined;

  add(...fields: readonly FieldError[]): void {
    this.fields.push(...fields);
  }

  /** @returns what the work gives, or `undefined` where it found fields that are wrong @throws whatever else it throws */
  async gather<Result>(work: () => Result | Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DomainError) || !error.details.fields?.length) throw error;
      this.first ??= error;
      this.add(...error.details.fields);
      return undefined;
    }
  }

  /** @throws DomainError invalid, when anything was wrong */
  refuse(): void {
    if (this.fields.length === 0) return;
    if (!this.first) throw DomainError.invalidRequest(...this.fields);
    throw DomainError.invalid(this.first.code, this.first.message, ...this.fields);
  }
}

function recordOf(
  query: DataQuery,
  caller: UserPrincipal,
  type: DataExportType,
  format: ExportFormat,
  options: ExportOptions,
): DataExportAuthorization {
  const { dataTypes, filters } = query;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const kept = { ...optionsOf(query, caller.userId), ...Object.fromEntries(given) };
  return { caller, type, format, dataTypes, filters: filters ?? null, options: kept, audited: auditedOf(query) };
}

/** Names as they were asked for; what a long list lacks here stands in the record. */
function auditedOf({ scope, dataTypes, tables, subject }: DataQuery): Record<string, string> {
  const names = (list: readonly string[]) => list.join(', ').slice(0, MAX_AUDITED_LENGTH);
  return {
    ...(subject !== null && { subject }),
    ...(tables.length > 0 && { tables: names(tables) }),
    ...(dataTypes.length > 0 && { data_types: names(dataTypes) }),
    ...(scope === 'types' && dataTypes.length === 0 && { data_types: 'all' }),
  };
}
