import { Injectable } from '@nestjs/common';
import { type Principal, principalKey } from '../auth/principal';
import type { RateLimit } from '../rate-limit';
import { Prisma } from './generated/client';
import { PrismaService, type Transaction } from './prisma.service';
import { type RateLimitName, type RateLimitState, takeOneMore, type UsedWindow } from '../rate-limit';

/**
 * Counts uses that no other table records, for all processes together: one row for each account and limit. The sweep deletes
 * expired rows.
 */
@Injectable()
export class RateLimitUses {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Counts one use.
   * @param connection the transaction that the use is part of
   * @throws RateLimitExceededError; refused uses do not count
   */
  async take(
    name: RateLimitName,
    account: Principal,
    limit: RateLimit,
    connection: Pick<Transaction, '$queryRaw'> = this.prisma,
  ): Promise<RateLimitState> {
    const key = principalKey(account);
    const window = Prisma.sql`make_interval(secs => ${limit.windowSeconds})`;
    const recent = Prisma.sql`ARRAY(SELECT use FROM unnest(kept.used_at) AS use WHERE use > now() - ${window} ORDER BY use)`;
    const reset = Prisma.sql`least(${limit.windowSeconds}, ceil(extract(epoch FROM (${recent})[1] + ${window} - now())))::int AS reset`;
    const [taken] = await connection.$queryRaw<UsedWindow[]>`
      INSERT INTO rate_limit_uses AS kept (name, account, used_at, expires_at)
      VALUES (${name}, ${key}, ARRAY[now()], now() + ${window})
      ON CONFLICT (name, account) DO UPDATE SET used_at = ${recent} || now(), expires_at = now() + ${window}
        WHERE cardinality(${recent}) < ${limit.limit}
      RETURNING cardinality(used_at) - 1 AS used, ${reset}`;
    if (taken) return takeOneMore(name, limit, taken);
    const [full] = await connection.$queryRaw<UsedWindow[]>`
      SELECT ${limit.limit}::int AS used, ${reset} FROM rate_limit_uses AS kept WHERE name = ${name} AND account = ${key}`;
    return takeOneMore(name, limit, full ?? { used: limit.limit, reset: null });
  }
}
