import { Injectable } from '@nestjs/common';
import { type ExportFormat, ExportsForCatalog, type StreamedExport } from '../../../export';
import { isAdmin } from '../../../platform/auth/admin';
import type { Caller } from '../../../platform/auth/caller';
import { DomainError } from '../../../platform/errors/domain-error';
import { NO_DELIVERIES } from '../../../platform/outbox/planned-delivery';
import { type DataExportType, type DataQuery, optionsOf } from '../domain/data-query';
import { checkFileOptions, type FileOptions } from '../domain/export-options';
import { SourceDatabase, type SourceView } from '../domain/interfaces/source-database';
import type { TablePlan } from '../domain/table-plan';
import { DataPlanner } from './data-planner';

export const TABLE_FORMATS = ['json', 'ndjson', 'csv', 'xlsx', 'xml'] as const satisfies readonly ExportFormat[];
export type TableFormat = (typeof TABLE_FORMATS)[number];

const STREAM_FORMATS: readonly ExportFormat[] = ['json', 'ndjson', 'csv', 'xml'];
const USER_FORMATS: readonly ExportFormat[] = ['json', 'csv'];

/** What somebody asks for, checked for its form alone. */
export interface DataRequest {
  readonly type: Exclude<DataExportType, 'user'>;
  readonly format: unknown;
  /** Whose rows, where an administrator asks for somebody else's. */
  readonly userId?: string;
  readonly dataTypes?: readonly string[];
  readonly tables?: readonly string[];
  readonly filters?: unknown;
  readonly columns?: unknown;
  readonly options: FileOptions;
  readonly retentionSeconds: number | null;
}

/** Exports of the platform's rows: a person's own, and for administrators any table of the catalog. */
@Injectable()
export class DataExportService {
  constructor(
    private readonly planner: DataPlanner,
    private readonly database: SourceDatabase,
    private readonly exports: ExportsForCatalog,
  ) {}

  /**
   * Grants an export of the caller's own rows, for administrators of another user's too, or of whole tables for `bulk`, which only
   * administrators may ask for.
   * @throws DomainError forbidden | invalid | mismatch | RateLimitExceededError
   */
  async request(
    caller: Caller,
    request: DataRequest,
    idempotencyKey: string | null,
  ): ReturnType<ExportsForCatalog['request']> {
    return this.exports.request(await this.granted(caller, request, TABLE_FORMATS, idempotencyKey));
  }

  /** As `request`, with the rows in the answer. @throws as `request` */
  async stream(caller: Caller, request: DataRequest, idempotencyKey: string | null): Promise<StreamedExport> {
    if (request.retentionSeconds !== null) {
      const message = 'must be left out: of realtime no file is kept';
      throw DomainError.invalid('invalid-request', 'The request is not valid', { field: 'retention_days', message });
    }
    return this.exports.stream(await this.granted(caller, request, STREAM_FORMATS, idempotencyKey));
  }

  /**
   * Everything of one user at once, in the form that the platform has always had.
   * @throws DomainError forbidden | invalid | not-found | RateLimitExceededError
   */
  async streamUser(caller: Caller, userId: string, format: unknown): Promise<StreamedExport> {
    return this.exports.stream(await this.grantedUser(caller, userId, format));
  }

  /** What `streamUser` would refuse, and nothing else. @throws as `streamUser`, but for the limit */
  async checkUser(caller: Caller, userId: string, format: unknown): Promise<void> {
    await this.grantedUser(caller, userId, format);
  }

  private async grantedUser(
    caller: Caller,
    userId: string,
    format: unknown,
  ): Promise<Parameters<ExportsForCatalog['stream']>[0]> {
    const query: DataQuery = { ...NOTHING, type: 'user', subject: userId, tenantId: caller.tenantId };
    const isOwn = checkSubject(caller, userId);
    const known = knownFormat(format, USER_FORMATS);
    await this.database.look(async (view) => {
      const [profile] = await this.checkedPlans(query, view);
      if (!isOwn && profile && !(await view.hasRows(profile))) throw DomainError.notFound('User');
    });
    return { ...recordOf(query, caller, known, {}), ...WITHOUT_EXTRAS, idempotencyKey: null };
  }

  private async granted(
    caller: Caller,
    request: DataRequest,
    formats: readonly ExportFormat[],
    idempotencyKey: string | null,
  ): Promise<Parameters<ExportsForCatalog['request']>[0]> {
    const format = knownFormat(request.format, formats);
    const query = queryFor(caller, request);
    checkFileOptions(request.options, format);
    const plans = await this.database.look((view) => this.checkedPlans(query, view), request.options.timezone);
    if (request.options.compression !== undefined && format === 'csv' && plans.length > 1) {
      const message = 'several tables come in a zip, which is compressed already';
      throw DomainError.invalid('invalid-request', 'The request is not valid', {
        field: 'options.compression',
        message,
      });
    }
    const { retentionSeconds } = request;
    return { ...recordOf(query, caller, format, request.options), ...WITHOUT_EXTRAS, retentionSeconds, idempotencyKey };
  }

  /** The plans, which the database has judged: once, when they are granted. */
  private async checkedPlans(query: DataQuery, view: SourceView): Promise<TablePlan[]> {
    const plans = await this.planner.plan(query, view);
    for (const plan of plans) await view.check(plan);
    return plans;
  }
}

const LONGEST_AUDITED = 500;

const WITHOUT_EXTRAS = { delivery: NO_DELIVERIES, retentionSeconds: null };

const NOTHING = { dataTypes: [], tables: [], filters: undefined, columns: undefined };

function queryFor(caller: Caller, request: DataRequest): DataQuery {
  const { type, userId = caller.userId, dataTypes = [], tables = [], filters, columns } = request;
  const invalid = (field: string, message: string) =>
    DomainError.invalid('invalid-request', 'The request is not valid', { field, message });
  if (type === 'full' && dataTypes.length > 0) {
    throw invalid('data_types', 'must be left out: full is every data type; ask for partial to choose');
  }
  if (type === 'partial' && dataTypes.length === 0) throw invalid('data_types', 'must name at least one data type');
  checkSubject(caller, userId);
  const subject = type === 'bulk' ? null : userId;
  return { type, dataTypes, tables, filters, columns, subject, tenantId: caller.tenantId };
}

/** @returns whether it is the caller @throws DomainError forbidden */
function checkSubject(caller: Caller, userId: string): boolean {
  if (caller.userId === userId) return true;
  if (isAdmin(caller)) return false;
  throw new DomainError('forbidden', 'insufficient-permissions', 'Insufficient permissions');
}

function knownFormat(format: unknown, formats: readonly ExportFormat[]): ExportFormat {
  const known = formats.find((candidate) => candidate === format);
  if (known) return known;
  const message = `must be one of ${formats.join(', ')}`;
  throw DomainError.invalid('invalid-format', 'Invalid format', { field: 'format', message });
}

/** Names as they were asked for; what a long list lacks here stands in the record. */
function auditedOf({ type, dataTypes, tables, subject }: DataQuery): Record<string, string> {
  const names = (list: readonly string[]) => list.join(', ').slice(0, LONGEST_AUDITED);
  return {
    ...(subject !== null && { subject }),
    ...(tables.length > 0 && { tables: names(tables) }),
    ...(dataTypes.length > 0 && { data_types: names(dataTypes) }),
    ...(type === 'full' && { data_types: 'all' }),
  };
}

function recordOf(query: DataQuery, caller: Caller, format: ExportFormat, options: FileOptions) {
  const { type, dataTypes, filters } = query;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const kept = { ...optionsOf(query, caller.userId), ...Object.fromEntries(given) };
  return { caller, type, format, dataTypes, filters: filters ?? null, options: kept, audited: auditedOf(query) };
}
