import { Injectable } from '@nestjs/common';
import { DeliveryPlanner } from '../../../delivery';
import { type EstimateInput, type ExportCreation, ExportService } from '../../../export';
import { ExportStreaming, type StreamedExport } from '../../../production';
import { SAMPLE_ROWS } from '../../../preview';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { NO_DELIVERIES } from '../../../platform/outbox/planned-delivery';
import { type DataRequest, STREAMS, TABLE_FORMATS, USER_FORMATS, validateStreamOptions } from '../domain/data-query';
import { DataExportAuthorizer } from './data-export-authorizer';

const STREAM_FORMATS = STREAMS.map(({ format }) => format);

const ROWS = { kind: 'data', expected: { total: null, unit: 'rows' } } as const;
const NO_FILE = { delivery: NO_DELIVERIES, retentionSeconds: null };

/** Exports rows of the platform: a user's own, and for administrators any table of the catalog. */
@Injectable()
export class DataExportService {
  constructor(
    private readonly authorizer: DataExportAuthorizer,
    private readonly exports: ExportService,
    private readonly streams: ExportStreaming,
    private readonly deliveries: DeliveryPlanner,
  ) {}

  /**
   * Creates an export that a worker writes to a file: of the caller's rows, or for administrators
   * also of another user's rows or of whole tables.
   * @throws DomainError forbidden | invalid | mismatch | RateLimitExceededError
   */
  async request(caller: UserPrincipal, request: DataRequest, idempotencyKey: string | null): Promise<ExportCreation> {
    const grant = await this.authorizer.authorize(caller, request, TABLE_FORMATS);
    const { notify, retentionSeconds = null } = request;
    const delivery = await this.deliveries.forRequest(caller, notify, { emailByDefault: true });
    return this.exports.request({ ...ROWS, ...grant, delivery, retentionSeconds, idempotencyKey });
  }

  /**
   * Authorizes an export of any type to be estimated, with its first rows. Creates nothing.
   * @throws DomainError forbidden | invalid
   */
  async prepareEstimate(caller: UserPrincipal, request: DataRequest): Promise<EstimateInput> {
    if (request.type === 'realtime') rejectFileFields(request);
    const formats = request.type === 'realtime' ? STREAM_FORMATS : TABLE_FORMATS;
    const grant = await this.authorizer.authorize(caller, request, formats, SAMPLE_ROWS);
    return { ...ROWS, ...grant, retentionSeconds: request.retentionSeconds ?? null };
  }

  /** Like `request`, but streams the rows into the response. @throws as `request` */
  async stream(caller: UserPrincipal, request: DataRequest, idempotencyKey: string | null): Promise<StreamedExport> {
    rejectFileFields(request);
    const grant = await this.authorizer.authorize(caller, request, STREAM_FORMATS);
    return this.streams.open({ ...ROWS, ...NO_FILE, ...grant, idempotencyKey });
  }

  /**
   * Streams the document of one user: all their data, in the platform's established form.
   * @throws DomainError forbidden | invalid | not-found | RateLimitExceededError
   */
  async streamUser(caller: UserPrincipal, userId: string, format: unknown): Promise<StreamedExport> {
    const grant = await this.authorizer.authorizeUserDocument(caller, userId, format, USER_FORMATS);
    return this.streams.open({ ...ROWS, ...NO_FILE, ...grant, idempotencyKey: null });
  }

  /**
   * Checks what `streamUser` checks, except for the rate limit, and reads nothing.
   * @throws as `streamUser`
   */
  async checkUser(caller: UserPrincipal, userId: string, format: unknown): Promise<void> {
    await this.authorizer.authorizeUserDocument(caller, userId, format, USER_FORMATS);
  }
}

/** @throws DomainError invalid if the request of a stream has a field that only files have */
function rejectFileFields({ notify, retentionSeconds, options }: DataRequest): void {
  const errors = validateStreamOptions(options);
  if (errors.length > 0) throw DomainError.invalidRequest(...errors);
  rejectForStream('notify', Boolean(notify), 'the rows are in the response');
  rejectForStream('retention_days', retentionSeconds != null, 'no file is kept');
}

function rejectForStream(field: string, isPresent: boolean, why: string): void {
  if (!isPresent) return;
  const message = `must be missing for realtime: ${why}`;
  throw DomainError.invalidRequest({ field, message });
}
