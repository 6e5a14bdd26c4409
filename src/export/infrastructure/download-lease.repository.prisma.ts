import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { escapeLiteral, type PoolClient } from 'pg';
import type { Principal } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import { toDownloadedBy, credentialTypeOf } from '../model/domain/downloader';
import type { Export } from '../model/domain/export';
import {
  type CompletionMarker,
  type DownloadLease,
  DownloadLeaseRepository,
} from '../model/domain/interfaces/download-lease.repository';
import { SET_DOWNLOADED, NO_DOWNLOAD_LEASE, auditOf, changeExports } from './export-row';

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
    // Not a change that the owner is told of: `updated_at` stays, and with it the ETag of the status.
    const count = await this.prisma.$executeRaw`
      UPDATE exports SET download_token = ${token}::uuid, download_lease = ${this.newLease()},
        download_prepared = false, downloaded_by = ${toDownloadedBy(by)}
      WHERE id = ${exportId}::uuid AND one_time AND status = 'completed' AND storage_key IS NOT NULL
        AND NOT download_ending AND (download_token IS NULL OR download_lease < now())`;
    return count === 1 ? { exportId, token, by } : null;
  }

  override async beat(lease: DownloadLease): Promise<boolean> {
    // One that was on its way when the ending began must not shorten the lease of that.
    const count = await this.prisma.$executeRaw`
      UPDATE exports SET download_lease = greatest(download_lease, ${this.newLease()}) WHERE ${held(lease)}`;
    return count === 1;
  }

  override async prepareCompletion(lease: DownloadLease, leaseSeconds: number): Promise<CompletionMarker | null> {
    const connection = await this.prisma.connections.connect();
    // Unheard, the event would end the process.
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
      if (rowCount === 1) return markerOn(connection, lease, close);
    } catch (error) {
      close();
      throw error;
    }
    close();
    return null;
  }

  override complete(lease: DownloadLease): Promise<boolean> {
    const { by } = lease;
    return this.change(SET_DOWNLOADED, lease, (row) =>
      auditOf(row, 'export.downloaded', { by, details: { by: credentialTypeOf(by), one_time: true } }),
    );
  }

  override release(lease: DownloadLease, sent: number): Promise<boolean> {
    const { by } = lease;
    return this.change(Prisma.sql`${NO_DOWNLOAD_LEASE}, downloaded_by = NULL`, lease, (row) =>
      auditOf(row, 'export.download-broken-off', { by, details: { by: credentialTypeOf(by), bytes: sent } }),
    );
  }

  private newLease(): Prisma.Sql {
    return Prisma.sql`now() + make_interval(secs => ${this.config.downloads.leaseSeconds})`;
  }

  private async change(
    set: Prisma.Sql,
    lease: DownloadLease,
    audit: (row: Export) => ReturnType<typeof auditOf>,
  ): Promise<boolean> {
    const changed = await this.prisma.$transaction((transaction) =>
      changeExports(transaction, { set, where: hasToken(lease), audit }),
    );
    return changed.length === 1;
  }
}

/** That it may go on. */
function held(lease: DownloadLease): Prisma.Sql {
  return Prisma.sql`${hasToken(lease)} AND status = 'completed'`;
}

/** That it has not been concluded; the file may have been given up meanwhile, which the reader at the end cannot know. */
function hasToken({ exportId, token }: DownloadLease): Prisma.Sql {
  return Prisma.sql`id = ${exportId}::uuid AND download_token = ${token}::uuid`;
}

const ignore = (): void => undefined;

function markerOn(connection: PoolClient, { exportId, token }: DownloadLease, close: () => void): CompletionMarker {
  let marked: Promise<unknown> = Promise.resolve();
  return {
    mark: () => {
      // One message, which an idle connection sends at once.
      const [id, held] = [escapeLiteral(exportId), escapeLiteral(token)];
      marked = connection.query(
        `UPDATE exports SET download_ending = true WHERE id = ${id} AND download_token = ${held}`,
      );
    },
    close: () => void marked.catch(ignore).finally(close),
  };
}
