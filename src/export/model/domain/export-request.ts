import { v7 as uuidv7 } from 'uuid';
import type { ExportFormat, ExportOptions, Progress } from '../../../formats';
import { type CustomerPrincipal, isCustomer, type Principal } from '../../../platform/auth/principal';
import type { Config } from '../../../platform/config/config';
import { type IdempotentRequest, idempotentRequest } from '../../../platform/idempotent-request';
import type { DeliveryPlan } from '../../../platform/outbox/planned-delivery';
import { type LimitUse, type RateLimit, takeOneMoreOfAll } from '../../../platform/rate-limit';
import { checkFileCount, divisionOf } from './division';
import { ownerOf, type RecordOwner } from './export';
import { checkEstimatedRows, type ExportEstimate, type SourceEstimate } from './export-estimate';
import type { ExportKind } from './export-kind';
import type { ExportSource } from './export-source';
import { isLargeRequest } from './large-export';
import { DomainError } from '../../../platform/errors/domain-error';
import type {
  ExportCreation,
  ExportCreationTransaction,
  ExportRepository,
  RequestExport,
} from './interfaces/export.repository';

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
  /** What the authorization of the request learnt of its size; `null` if nothing. Without it the source is asked. */
  readonly estimate?: SourceEstimate | null;
  readonly delivery: DeliveryPlan;
  /** How long the file is kept; `null` for the configured time. */
  readonly retentionSeconds: number | null;
  /** The limit of users for this kind, where it is not the one for all exports; `null` for none. */
  readonly rateLimit?: RateLimit | null;
  /** The kinds that share this limit, of which the first names it; the kind of the export alone if absent. */
  readonly limitedKinds?: readonly ExportKind[];
  /** How many requests it counts as in limits; 1 if absent. */
  readonly weight?: number;
  /** What a repeat requests again, where the parameters were resolved from it at this moment; the parameters if absent. */
  readonly requested?: unknown;
  /** Details for the audit log, besides kind, type and format. */
  readonly audited?: Readonly<Record<string, string>>;
  readonly idempotencyKey: string | null;
}

/** What an estimate has to know of an export that the caller has a right to. */
export type EstimateInput<Params = unknown> = Pick<
  ExportInput<Params>,
  'caller' | 'owner' | 'kind' | 'params' | 'format' | 'options' | 'estimate' | 'retentionSeconds'
>;

/** @throws ZodError when the parameters are not those of the source | DomainError unprocessable */
export function toRequest(
  input: ExportInput,
  estimate: ExportEstimate | null,
  source: ExportSource,
  { exports, customers }: Config,
): RequestExport {
  const { caller, owner = ownerOf(caller), scheduleId = null, oneTime = false, audited = {} } = input;
  if (oneTime && divisionOf(input.options)) throw oneTimeError();
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
    isLarge: divisionOf(input.options) !== null || isLargeRequest(input.expected, estimate),
    expected: { done: 0, ...input.expected },
    estimate,
    maxEstimatedRows: exports.maxEstimatedRows,
    // Runs of a schedule count towards the limit of runs.
    rateLimit: scheduleId !== null ? null : isCustomer(caller) ? customers.rateLimit : rateLimit,
    customerRateLimit: scheduleId !== null ? null : customers.rateLimit,
    audited,
  };
}

function oneTimeError(): DomainError {
  const message = 'A one-time file cannot consist of several files. Leave out the options that divide the export.';
  return new DomainError('unprocessable', 'one-time-in-parts', message);
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
  if (!COMPARED_BY_DESCRIPTION.includes(kind)) parts.push(request.requested ?? params);
  return idempotentRequest(caller, idempotencyKey, 'export', kind, format, JSON.stringify(parts));
}

/** Each stream holds a connection to the database until its client has read everything. */
const MAX_STREAMS_PER_CALLER = 3;
const STREAM_RETRY_SECONDS = 5;

/**
 * Creates an export once for its id and its idempotency key, within the limits of its caller.
 * @param attemptToken creates it with its only attempt, which this process has begun, for a stream
 * @throws RateLimitExceededError | DomainError limit | mismatch | unprocessable, if it would have too many rows
 */
export function createExport(
  exports: ExportRepository,
  request: RequestExport,
  attemptToken?: string,
): Promise<ExportCreation> {
  const id = request.id ?? uuidv7();
  const idempotent = fingerprintOf(request);
  const customer = findSharingCustomer(request);
  return exports.creating(async (transaction) => {
    const knownId = idempotent && (await transaction.claimIdempotencyKey(idempotent, id));
    // Always in this order, so that no two creations wait for each other.
    if (customer) await transaction.lockAccount(customer);
    await transaction.lockAccount(request.caller);
    const earlier = await transaction.find(knownId ?? id);
    if (earlier) return { export: earlier, isNew: false, rateLimit: null };
    checkEstimatedRows(request.estimate, request.maxEstimatedRows);
    checkFileCount(request.options, request.estimate);
    if (attemptToken !== undefined) await limitStreams(transaction, request.caller);
    const rateLimit = takeOneMoreOfAll(await limitsOf(transaction, request, customer));
    return { export: await transaction.insert(id, request, attemptToken), isNew: true, rateLimit };
  });
}

/** The external system that co-owns an export which a person requests: it counts on the account of both. */
function findSharingCustomer({ caller, owner: { customerId, tenantId } }: RequestExport): CustomerPrincipal | null {
  return customerId === null || isCustomer(caller) ? null : { customerId, tenantId };
}

/** @throws DomainError limit */
async function limitStreams(transaction: ExportCreationTransaction, caller: Principal): Promise<void> {
  if ((await transaction.countOpenStreams(caller)) < MAX_STREAMS_PER_CALLER) return;
  const message = `You have ${MAX_STREAMS_PER_CALLER} streamed exports open. Read one to its end or cancel it, then try again.`;
  throw new DomainError('limit', 'too-many-streams', message, { retryAfterSeconds: STREAM_RETRY_SECONDS });
}

async function limitsOf(
  transaction: ExportCreationTransaction,
  { caller, kind, rateLimit, customerRateLimit, limitedKinds = [kind], weight }: RequestExport,
  customer: CustomerPrincipal | null,
): Promise<LimitUse[]> {
  const use = async (name: string, account: Principal, limit: RateLimit): Promise<LimitUse> => ({
    name,
    limit,
    weight,
    used: await transaction.countRequests(account, limitedKinds, limit.windowSeconds),
  });
  const uses: LimitUse[] = [];
  if (rateLimit) uses.push(await use(limitedKinds[0] ?? kind, caller, rateLimit));
  if (customer && customerRateLimit) uses.push(await use('customer', customer, customerRateLimit));
  return uses;
}
