import type { ExportFormat, ExportOptions, Progress } from '../../../formats';
import { isCustomer, type Principal } from '../../../platform/auth/principal';
import type { Config } from '../../../platform/config/config';
import { type IdempotentRequest, idempotentRequest } from '../../../platform/idempotent-request';
import type { DeliveryPlan } from '../../../platform/outbox/planned-delivery';
import type { RateLimit } from '../../../platform/rate-limit';
import type { ExportDescription } from './export';
import type { ExportKind } from './export-kind';
import type { ExportSource } from './export-source';
import { ownerOf, type RecordOwner } from './record-owner';

/** A request for an export of a source. The module of the source knows that the caller has a right to it. */
export interface ExportInput<Params = unknown> {
  /** Set by callers that must find the export again: a repeat under the same id creates no second export. */
  readonly id?: string;
  readonly caller: Principal;
  /** The caller, unless the export is made of something that others own too. */
  readonly owner?: RecordOwner;
  readonly kind: ExportKind;
  readonly params: Params;
  readonly format: ExportFormat;
  readonly options: ExportOptions;
  /** The schedule that requests it for its owner. */
  readonly scheduleId?: string;
  /** Whether the first complete download deletes the file. */
  readonly oneTime?: boolean;
  /** The size of the work as far as it is known. */
  readonly expected: Omit<Progress, 'done'>;
  readonly delivery: DeliveryPlan;
  /** How long the file is kept; `null` for the configured time. */
  readonly retentionSeconds: number | null;
  /** The limit of users for this kind, where it is not the one for all exports; `null` for none. */
  readonly rateLimit?: RateLimit | null;
  /** Details for the audit log, besides kind, type and format. */
  readonly audited?: Readonly<Record<string, string>>;
  readonly idempotencyKey: string | null;
}

/** An export to create, complete and valid. */
export interface RequestExport extends ExportDescription {
  readonly id?: string;
  readonly caller: Principal;
  readonly owner: RecordOwner;
  readonly kind: ExportKind;
  readonly params: unknown;
  readonly format: ExportFormat;
  readonly scheduleId: string | null;
  readonly oneTime: boolean;
  readonly delivery: DeliveryPlan;
  readonly retentionSeconds: number | null;
  /** What is known of the work ahead; the real figures follow when it starts. */
  readonly expected: Progress;
  /** How many exports of this kind the caller may request. */
  readonly rateLimit: RateLimit | null;
  /** The limit of the external system that co-owns an export which a person requests. */
  readonly customerRateLimit: RateLimit | null;
  readonly audited: Readonly<Record<string, string>>;
  readonly idempotencyKey: string | null;
}

/** @throws ZodError when the parameters are not those of the source */
export function toRequest(input: ExportInput, source: ExportSource, { exports, customers }: Config): RequestExport {
  const { caller, owner = ownerOf(caller), scheduleId = null, oneTime = false, audited = {} } = input;
  const params = source.params.parse(input.params);
  const { options, ...described } = source.describe(params, owner);
  const { rateLimit = exports.rateLimit } = input;
  return {
    ...NOT_DESCRIBED,
    ...described,
    ...input,
    owner,
    params,
    options: { ...options, ...input.options },
    scheduleId,
    oneTime,
    expected: { done: 0, ...input.expected },
    // Runs of a schedule count towards the limit of runs.
    rateLimit: scheduleId !== null ? null : isCustomer(caller) ? customers.rateLimit : rateLimit,
    customerRateLimit: scheduleId !== null ? null : customers.rateLimit,
    audited,
  };
}

/** What the audit log says of a request. */
export function toAuditDetails({ kind, type, format, audited }: RequestExport): Record<string, string> {
  return { kind, ...(type !== null && { type }), format, ...audited };
}

const NOT_DESCRIBED = { subject: null, type: null, dataTypes: [], filters: null };

/** Kinds whose descriptions tell any two requests apart. Release 0.1.0 compares nothing else, so neither do we. */
const COMPARED_BY_DESCRIPTION: readonly ExportKind[] = ['board', 'data', 'event'];

/** Identifies a repeat of the request; `null` without an idempotency key. Frozen: repeats come after an upgrade, too. */
export function fingerprintOf(request: RequestExport): IdempotentRequest | null {
  const { caller, idempotencyKey, kind, format, params, type, subject, oneTime, dataTypes, filters, options } = request;
  if (idempotencyKey === null) return null;
  const { delivery, retentionSeconds } = request;
  const sessionId = kind === 'event' ? null : subject;
  const eventId = kind === 'event' ? subject : null;
  // A repeat comes later, and means the moment of the first request.
  const asked = { ...options, as_of: undefined };
  const parts = [type, sessionId, eventId, oneTime, dataTypes, filters, asked, delivery.asked, retentionSeconds];
  if (!COMPARED_BY_DESCRIPTION.includes(kind)) parts.push(params);
  return idempotentRequest(caller, idempotencyKey, 'export', kind, format, JSON.stringify(parts));
}
