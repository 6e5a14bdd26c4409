import { v7 as uuidv7 } from 'uuid';
import { type CustomerPrincipal, isCustomer, type Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { type LimitUse, type RateLimit, takeOneMoreOfAll } from '../../../platform/rate-limit';
import { fingerprintOf, type RequestExport } from '../domain/export-request';
import type {
  ExportCreation,
  ExportCreationTransaction,
  ExportRepository,
} from '../domain/interfaces/export.repository';

/** Each stream holds a connection to the database until its client has read everything. */
const MAX_STREAMS_PER_CALLER = 3;
const STREAM_RETRY_SECONDS = 5;

/**
 * Creates an export once for its id and its idempotency key, within the limits of its caller.
 * @param attemptToken creates it with its only attempt, which this process has begun, for a stream
 * @throws RateLimitExceededError | DomainError limit | mismatch
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
  { caller, kind, rateLimit, customerRateLimit }: RequestExport,
  customer: CustomerPrincipal | null,
): Promise<LimitUse[]> {
  const use = async (name: string, account: Principal, limit: RateLimit): Promise<LimitUse> => ({
    name,
    limit,
    used: await transaction.countRequests(account, kind, limit.windowSeconds),
  });
  const uses: LimitUse[] = [];
  if (rateLimit) uses.push(await use(kind, caller, rateLimit));
  if (customer && customerRateLimit) uses.push(await use('customer', customer, customerRateLimit));
  return uses;
}
