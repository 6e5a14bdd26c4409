import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { Prisma } from '../../platform/database/generated/client';
import { jsonOf, PrismaService } from '../../platform/database/prisma.service';
import { type FailureCode, readExports } from '../../export';
import type { DivisionPlan, Piece } from '../../export/sources';
import type { Attempt } from '../model/domain/interfaces/attempt.repository';
import { PartRepository } from '../model/domain/interfaces/part.repository';
import {
  type ClaimedPart,
  type FinishedPart,
  MAX_PART_ATTEMPTS,
  PART_INTERRUPTED,
  type PartFailure,
  type PartsState,
} from '../model/domain/part';

/** Whether the attempt that planned the part still has its export. */
const HAS_LEADER = Prisma.sql`EXISTS (SELECT FROM exports
  WHERE exports.id = part.export_id AND exports.attempt_token = part.leader_token AND exports.status = 'processing')`;

interface ClaimedRow {
  readonly leaderToken: string;
  readonly number: number;
  readonly exportId: string;
  readonly attempts: number;
  readonly piece: Piece;
  readonly snapshot: object | null;
}

interface StateRow {
  readonly open: number;
  readonly rows: number;
  readonly isInterrupted: boolean;
  readonly error: string | null;
  readonly errorCode: string | null;
  readonly isPermanent: boolean | null;
}

@Injectable()
export class PrismaPartRepository extends PartRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {
    super();
  }

  override begin({ token, export: { id } }: Attempt, { snapshot, pieces }: DivisionPlan): Promise<boolean> {
    return this.prisma.$transaction(async (transaction) => {
      const [leader] = await transaction.$queryRaw<object[]>`
        SELECT id FROM exports WHERE id = ${id}::uuid AND attempt_token = ${token}::uuid AND status = 'processing' FOR UPDATE`;
      if (!leader) return false;
      await transaction.exportPart.deleteMany({ where: { exportId: id } });
      const shared = snapshot === null ? { isShared: false } : { snapshot: jsonOf(snapshot) };
      await transaction.exportPart.createMany({
        data: pieces.map((piece, index) => {
          return { exportId: id, leaderToken: token, number: index + 1, piece: jsonOf(piece), ...shared };
        }),
      });
      return true;
    });
  }

  override claimNext(): Promise<ClaimedPart | null> {
    return this.claim(Prisma.sql`part.is_shared AND exports.heartbeat_at >= now() - ${this.lease()}`);
  }

  override claimOf({ token, export: { id } }: Attempt): Promise<ClaimedPart | null> {
    return this.claim(Prisma.sql`part.export_id = ${id}::uuid AND part.leader_token = ${token}::uuid`);
  }

  override async findNext(): Promise<string | null> {
    const isMeant = Prisma.sql`part.is_shared AND exports.heartbeat_at >= now() - ${this.lease()}`;
    const [next] = await this.prisma.$queryRaw<{ exportId: string }[]>`${this.next(isMeant)}`;
    return next?.exportId ?? null;
  }

  private async claim(isMeant: Prisma.Sql): Promise<ClaimedPart | null> {
    const token = randomUUID();
    const [row] = await this.prisma.$queryRaw<ClaimedRow[]>`
      WITH next AS (${this.next(isMeant)} FOR UPDATE OF part SKIP LOCKED)
      UPDATE export_parts AS part
      SET status = 'running', token = ${token}::uuid, attempts = attempts + 1, heartbeat_at = now(), rows = 0
      FROM next
      WHERE part.export_id = next."exportId" AND part.leader_token = next.leader_token AND part.number = next.number
      RETURNING part.export_id AS "exportId", part.leader_token AS "leaderToken", part.number, part.attempts, part.piece,
                part.snapshot`;
    if (!row) return null;
    const [found] = await readExports(this.prisma, [row.exportId]);
    if (!found) return null;
    const { leaderToken, number, attempts: attempt, piece, snapshot } = row;
    return { export: found, leaderToken, number, token, attempt, piece, snapshot };
  }

  private next(isMeant: Prisma.Sql): Prisma.Sql {
    return Prisma.sql`
      SELECT part.export_id AS "exportId", part.leader_token, part.number
      FROM export_parts AS part
      JOIN exports ON exports.id = part.export_id AND exports.attempt_token = part.leader_token
      WHERE exports.status = 'processing' AND part.attempts < ${MAX_PART_ATTEMPTS} AND ${isMeant}
        AND (part.status = 'waiting' AND (part.retry_at IS NULL OR part.retry_at <= now())
             OR part.status = 'running' AND part.heartbeat_at < now() - ${this.lease()})
      ORDER BY (SELECT count(*) FROM export_parts AS other WHERE other.export_id = part.export_id AND other.status = 'running'),
               part.export_id, part.number
      LIMIT 1`;
  }

  override beat(part: ClaimedPart, rows: number): Promise<boolean> {
    return this.change(part, Prisma.sql`heartbeat_at = now(), rows = ${rows}::bigint`);
  }

  override finish(part: ClaimedPart, finished: FinishedPart): Promise<boolean> {
    const rows = finished.files.reduce((sum, file) => sum + file.rows, 0);
    return this.change(
      part,
      Prisma.sql`status = 'done', token = NULL, rows = ${rows}::bigint, result = ${JSON.stringify(finished)}::jsonb`,
    );
  }

  override fail(part: ClaimedPart, { code, reason, isPermanent }: PartFailure): Promise<boolean> {
    return this.change(
      part,
      Prisma.sql`status = 'failed', token = NULL, error = ${reason}, error_code = ${code}, is_permanent = ${isPermanent}`,
    );
  }

  override retryLater(part: ClaimedPart, pauseSeconds: number, failure: PartFailure): Promise<boolean> {
    if (part.attempt >= MAX_PART_ATTEMPTS) return this.fail(part, failure);
    const due = Prisma.sql`now() + make_interval(secs => ${pauseSeconds})`;
    return this.change(part, Prisma.sql`status = 'waiting', token = NULL, rows = 0, retry_at = ${due}`);
  }

  override handBack(part: ClaimedPart, mayBeShared: boolean): Promise<boolean> {
    return this.change(
      part,
      Prisma.sql`status = 'waiting', token = NULL, rows = 0, attempts = attempts - 1,
                 is_shared = is_shared AND ${mayBeShared}`,
    );
  }

  private async change(part: ClaimedPart, set: Prisma.Sql): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE export_parts AS part SET ${set}
      WHERE export_id = ${part.export.id}::uuid AND leader_token = ${part.leaderToken}::uuid AND number = ${part.number}
        AND token = ${part.token}::uuid AND status = 'running' AND ${HAS_LEADER}`;
    return count === 1;
  }

  override async stateOf({ token, export: { id } }: Attempt): Promise<PartsState> {
    const isInterrupted = Prisma.sql`status = 'running' AND attempts >= ${MAX_PART_ATTEMPTS}
      AND heartbeat_at < now() - ${this.lease()}`;
    const [row] = await this.prisma.$queryRaw<StateRow[]>`
      SELECT count(*) FILTER (WHERE status <> 'done')::int AS open, coalesce(sum(rows), 0)::float8 AS rows,
             coalesce(bool_or(${isInterrupted}), false) AS "isInterrupted", failed.error, failed.error_code AS "errorCode",
             failed.is_permanent AS "isPermanent"
      FROM export_parts
      LEFT JOIN LATERAL (
        SELECT error, error_code, is_permanent FROM export_parts
        WHERE export_id = ${id}::uuid AND leader_token = ${token}::uuid AND status = 'failed'
        ORDER BY is_permanent DESC, number LIMIT 1) AS failed ON true
      WHERE export_id = ${id}::uuid AND leader_token = ${token}::uuid
      GROUP BY failed.error, failed.error_code, failed.is_permanent`;
    return row ? { open: row.open, rows: row.rows, failure: toFailure(row) } : { open: 0, rows: 0, failure: null };
  }

  override async resultsOf({ token, export: { id } }: Attempt): Promise<FinishedPart[]> {
    const rows = await this.prisma.exportPart.findMany({
      where: { exportId: id, leaderToken: token },
      select: { result: true },
      orderBy: { number: 'asc' },
    });
    return rows.map(({ result }) => result as unknown as FinishedPart);
  }

  override async forgetEnded(): Promise<void> {
    await this.prisma.$executeRaw`DELETE FROM export_parts AS part WHERE NOT ${HAS_LEADER}`;
  }

  private lease(): Prisma.Sql {
    return Prisma.sql`make_interval(secs => ${this.config.exports.leaseSeconds})`;
  }
}

function toFailure({ error, errorCode, isPermanent, isInterrupted }: StateRow): PartFailure | null {
  if (error !== null && errorCode !== null) {
    return { code: errorCode as FailureCode, reason: error, isPermanent: isPermanent === true };
  }
  return isInterrupted ? PART_INTERRUPTED : null;
}
