import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { escapeLiteral, type PoolClient } from 'pg';
import type { AuditEntry } from '../../platform/audit/audit-log';
import type { Principal } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import { credentialTypeOf, fromDownloadedBy, toDownloadedBy } from '../model/domain/downloads';
import type { Export } from '../model/domain/export';
import {
  type CompletionMarker,
  type DownloadLease,
  DownloadLeaseRepository,
} from '../model/domain/interfaces/download-lease.repository';
import { auditOf, changeExports, NO_DOWNLOAD_LEASE, SET_DOWNLOADED } from './export-row';

@Injectable()
export class PrismaDownloadLeaseRepository extends DownloadLeaseRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {
    super();
  }

  override async claim(exportId: string, by: Principal | null): Promise<DownloadLease | null> {
    const token = randomUUID();
    // Not visible to the owner, so `updated_at` stays, and with it the ETag of the status.
    const count = await this.prisma.$executeRaw`
      UPDATE exports SET download_token = ${token}::uuid, download_lease = ${this.newLease()},
        download_prepared = false, downloaded_by = ${toDownloadedBy(by)}
      WHERE id = ${exportId}::uuid AND one_time AND status = 'completed' AND storage_key IS NOT NULL
        AND NOT download_ending AND (download_token IS NULL OR download_lease < now())`;
    return count === 1 ? { exportId, token, by } : null;
  }

  override async beat(lease: DownloadLease): Promise<boolean> {
    // A heartbeat still under way must not shorten the lease of the last byte.
    const count = await this.prisma.$executeRaw`
      UPDATE exports SET download_lease = greatest(download_lease, ${this.newLease()})
      WHERE ${hasToken(lease)} AND status = 'completed'`;
    return count === 1;
  }

  override async prepareCompletion(lease: DownloadLease, leaseSeconds: number): Promise<CompletionMarker | null> {
    const connection = await this.prisma.connections.connect();
    // An unhandled error event would end the process.
    connection.on('error', ignore);
    const close = () => {
      connection.off('error', ignore);
      connection.release();
    };
    try {
      const { rowCount } = await connection.query(
        `UPDATE exports SET download_lease = now() + make_interval(secs => $3), download_prepared = true
         WHERE id = $1 AND download_token = $2 AND status = 'completed'`,
        [lease.exportId, lease.token, leaseSeconds],
      );
      if (rowCount === 1) return createMarker(connection, lease, close);
    } catch (error) {
      close();
      throw error;
    }
    close();
    return null;
  }

  override complete(lease: DownloadLease): Promise<boolean> {
    const details = { by: credentialTypeOf(lease.by), one_time: true };
    return this.end(lease, SET_DOWNLOADED, 'export.downloaded', details);
  }

  override release(lease: DownloadLease, bytesSent: number): Promise<boolean> {
    const details = { by: credentialTypeOf(lease.by), bytes: bytesSent };
    const set = Prisma.sql`${NO_DOWNLOAD_LEASE}, downloaded_by = NULL`;
    return this.end(lease, set, 'export.download-broken-off', details);
  }

  override async finalizeInterrupted(): Promise<number> {
    const finalized = await this.prisma.$transaction((transaction) =>
      changeExports(transaction, {
        set: SET_DOWNLOADED,
        where: Prisma.sql`status IN ('completed', 'expired') AND download_ending AND download_lease < now()`,
        audit: (row) => {
          const by = fromDownloadedBy(row);
          return auditOf(row, 'export.downloaded', {
            by,
            details: { by: credentialTypeOf(by), one_time: true, receipt: false },
          });
        },
      }),
    );
    return finalized.length;
  }

  private newLease(): Prisma.Sql {
    return Prisma.sql`now() + make_interval(secs => ${this.config.downloads.leaseSeconds})`;
  }

  /** Whatever the status: the owner may have deleted the file while its last byte was being sent. */
  private async end(
    lease: DownloadLease,
    set: Prisma.Sql,
    action: string,
    details: AuditEntry['details'],
  ): Promise<boolean> {
    const audit = (row: Export) => auditOf(row, action, { by: lease.by, details });
    const changed = await this.prisma.$transaction((transaction) =>
      changeExports(transaction, { set, where: hasToken(lease), audit }),
    );
    return changed.length === 1;
  }
}

function hasToken({ exportId, token }: DownloadLease): Prisma.Sql {
  return Prisma.sql`id = ${exportId}::uuid AND download_token = ${token}::uuid`;
}

const ignore = (): void => undefined;

function createMarker(connection: PoolClient, { exportId, token }: DownloadLease, close: () => void): CompletionMarker {
  let marked: Promise<unknown> = Promise.resolve();
  return {
    mark: () => {
      // The simple protocol needs one message, which an idle connection sends at once. It takes no parameters.
      marked = connection.query(
        `UPDATE exports SET download_ending = true
         WHERE id = ${escapeLiteral(exportId)} AND download_token = ${escapeLiteral(token)}`,
      );
    },
    close: () => void marked.catch(ignore).finally(close),
  };
}
