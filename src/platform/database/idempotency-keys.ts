import { DomainError } from '../errors/domain-error';
import type { IdempotentRequest } from '../idempotent-request';
import { Prisma } from './generated/client';
import type { StatementRunner } from './prisma.service';

/**
 * Claims the key for a resource that this transaction creates. A concurrent request with the same key waits here until this
 * transaction has ended.
 * @returns `null` when the key is claimed, else the id of the resource that was created with it before
 * @throws DomainError mismatch when the key was used for a different request
 */
export async function claimIdempotencyKey(
  transaction: StatementRunner,
  { owner, key, fingerprint }: IdempotentRequest,
  resourceId: string,
): Promise<string | null> {
  const claimed = await transaction.$queryRaw<unknown[]>(Prisma.sql`
    INSERT INTO idempotency_keys (owner, key, fingerprint, resource_id)
    VALUES (${owner}, ${key}, ${fingerprint}, ${resourceId}::uuid) ON CONFLICT DO NOTHING RETURNING owner`);
  if (claimed.length === 1) return null;
  const [earlier] = await transaction.$queryRaw<{ fingerprint: string; resourceId: string }[]>(Prisma.sql`
    SELECT fingerprint, resource_id AS "resourceId" FROM idempotency_keys WHERE owner = ${owner} AND key = ${key}`);
  if (earlier?.fingerprint === fingerprint) return earlier.resourceId;
  throw new DomainError('mismatch', 'idempotency-key-reused', 'This Idempotency-Key was used for a different request');
}
