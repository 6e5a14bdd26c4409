import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import type { Page } from '../../../platform/paging';
import type { Export } from '../domain/export';
import type { ExportInput } from '../domain/export-request';
import { isFinished } from '../domain/export-status';
import type { ExportCreation } from '../domain/interfaces/export.repository';
import type { RecordOwner } from '../domain/record-owner';
import { ExportService } from './export.service';

export interface BoardExportRequest extends Omit<ExportInput, 'kind' | 'params' | 'owner' | 'expected'> {
  /** A session that the caller is known to own, alone or with others. */
  readonly session: RecordOwner & { readonly id: string };
  readonly pageCount: number;
}

const MAX_PAGE_SIZE = 200;

/** What boards may ask of exports. */
@Injectable()
export class ExportsForSolo {
  constructor(
    private readonly exports: ExportService,
    private readonly config: Config,
  ) {}

  /** @throws RateLimitExceededError | DomainError mismatch */
  request({ pageCount, session, ...request }: BoardExportRequest): Promise<ExportCreation> {
    const { id: sessionId, userId, tenantId, customerId } = session;
    return this.exports.request({
      ...request,
      kind: 'board',
      params: { sessionId },
      owner: { userId, tenantId, customerId },
      expected: { total: pageCount, unit: 'pages' },
      rateLimit: this.config.boards.rateLimit,
    });
  }

  /** The exports of one session, newest first. */
  list(owner: Principal, sessionId: string, size: number, cursor?: string): Promise<Page<Export>> {
    return this.exports.list({ owner, kind: 'board', subject: sessionId, size, cursor });
  }

  /** Cancels the session's unfinished exports and deletes the files of the others. */
  async discard(owner: Principal, sessionId: string): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await this.exports.list({ owner, kind: 'board', subject: sessionId, size: MAX_PAGE_SIZE, cursor });
      for (const { id, status } of page.items) {
        if (status === 'completed' || !isFinished(status)) await this.exports.remove(id, owner);
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}
