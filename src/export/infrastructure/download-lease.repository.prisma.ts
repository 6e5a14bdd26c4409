import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { escapeLiteral, type PoolClient } from 'pg';
import type { Principal } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import { nameOf, wayOf } from '../model/domain/downloader';
import type { Export } from '../model/domain/export';
import {
  type Ending,
  type DownloadLease,
  DownloadLeaseRepository,
} from '../model/domain/interfaces/download-lease.repository';
import { GIVEN_OUT, NOBODY_HOLDS_IT, auditOf, changeExports } from './export-row';

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
        download_prepared = false, downloaded_by = ${nameOf(by)}
      WHERE id = ${exportId}::uuid AND one_time AND status = 'completed' AND storage_key IS NOT NULL
        AND NOT download_ending AND (download_token IS NULL OR download_lease < now())`;
    return count === 1 ? { exportId, token, by } : null;
  }

  override async beat(handover: DownloadLease): Promise<boolean> {
    // One that was on its way when the ending began must not shorten the lease of that.
    const count = await this.prisma.$executeRaw`
      UPDATE exports SET download_lease = greatest(download_lease, ${this.newLease()}) WHERE ${held(handover)}`;
    return count === 1;
  }

  override async prepareEnding(handover: DownloadLease, leaseSeconds: number): Promise<Ending | null> {
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
        [handover.exportId, handover.token, leaseSeconds],
      );
      if (rowCount === 1) return endingOn(connection, handover, close);
    } catch (error) {
      close();
      throw error;
    }
    close();
    return null;
  }

  override complete(handover: DownloadLease): Promise<boolean> {
    const { by } = handover;
    return this.change(GIVEN_OUT, handover, (row) =>
      auditOf(row, 'export.downloaded', { by, details: { by: wayOf(by), one_time: true } }),
    );
  }

  override release(handover: DownloadLease, sent: number): Promise<boolean> {
    const { by } = handover;
    return this.change(Prisma.sql`${NOBODY_HOLDS_IT}, downloaded_by = NULL`, handover, (row) =>
      auditOf(row, 'export.download-broken-off', { by, details: { by: wayOf(by), bytes: sent } }),
    );
  }

  private newLease(): Prisma.Sql {
    return Prisma.sql`now() + make_interval(secs => ${this.config.downloads.leaseSeconds})`;
  }

  private async change(
    set: Prisma.Sql,
    handover: DownloadLease,
    audit: (row: Export) => ReturnType<typeof auditOf>,
  ): Promise<boolean> {
    const changed = await this.prisma.$transaction((transaction) =>
      changeExports(transaction, { set, where: ofHandover(handover), audit }),
    );
    return changed.length === 1;
  }
}

/** That it may go on. */
function held(handover: DownloadLease): Prisma.Sql {
  return Prisma.sql`${ofHandover(handover)} AND status = 'completed'`;
}

/** That it has not been concluded; the file may have been given up meanwhile, which the reader at the end cannot know. */
function ofHandover({ exportId, token }: DownloadLease): Prisma.Sql {
  return Prisma.sql`id = ${exportId}::uuid AND download_token = ${token}::uuid`;
}

const ignore = (): void => undefined;

function endingOn(connection: PoolClient, { exportId, token }: DownloadLease, close: () => void): Ending {
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
