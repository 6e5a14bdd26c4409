import { Injectable, Logger } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { Principal } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/paging';
import { pause } from '../../../platform/async';
import { MAX_COMPLETION_POLL_MS, MAX_COMPLETION_WAIT_MS, COMPLETION_POLL_MS } from '../domain/downloads';
import type { Export } from '../domain/export';
import { type ExportInput, toRequest, createExport } from '../domain/export-request';
import {
  type DiscardedExports,
  type ExportCreation,
  type ExportQuery,
  ExportRepository,
  type RequestExport,
} from '../domain/interfaces/export.repository';
import { checkRetention } from '../domain/retention';
import { Estimator } from '../domain/interfaces/estimator';
import { ExportQueue } from '../domain/interfaces/export-queue';
import { ExportMetrics } from './export-metrics';
import { ExportSources } from './export-sources';

/** Requests, reads, cancels and expires exports for their owners. */
@Injectable()
export class ExportService {
  private readonly logger = new Logger(ExportService.name);

  constructor(
    private readonly exports: ExportRepository,
    private readonly sources: ExportSources,
    private readonly estimator: Estimator,
    private readonly queue: ExportQueue,
    private readonly metrics: ExportMetrics,
    private readonly config: Config,
  ) {}

  /**
   * Records an export and notifies the workers.
   * @throws RateLimitExceededError | DomainError mismatch | unavailable | invalid, when the retention is too long
   */
  async request(input: ExportInput): Promise<ExportCreation> {
    const request = await this.toRequest(input);
    // What was possible when a schedule was saved may not be now: its runs go on, with files that are kept for the maximum,
    // and fail with the reason where the format is missing.
    if (request.scheduleId === null) {
      checkRetention(request.retentionSeconds, this.config.exports.retentionDays);
      this.sources.requireInstallation(request.format);
    }
    const creation = await createExport(this.exports, request);
    if (!creation.isNew) return creation;
    await this.notifyWorkers(creation.export.id);
    return { ...creation, webhookSecret: request.delivery.webhookSecret };
  }

  /**
   * Records an export whose only attempt has begun: it is streamed in the response to its request.
   * @throws RateLimitExceededError | DomainError mismatch | limit
   */
  async requestStream(input: ExportInput, attemptToken: string): Promise<ExportCreation> {
    return createExport(this.exports, await this.toRequest(input), attemptToken);
  }

  /**
   * @param owner `null` for the bearer of a signed link
   * @throws DomainError not-found, also when the id is malformed
   */
  get(id: string, owner: Principal | null): Promise<Export> {
    return getExport(this.exports, id, owner);
  }

  list(query: ExportQuery): Promise<Page<Export>> {
    return this.exports.list(query);
  }

  /**
   * Cancels an unfinished export, or expires the file of a completed one. Leaves any other export as it is.
   * @throws DomainError not-found
   */
  async remove(id: string, owner: Principal): Promise<Export> {
    const found = await this.get(id, owner);
    const cancelled = await this.exports.cancel(id, owner);
    if (cancelled) {
      this.metrics.ended(cancelled, 'cancelled');
      return cancelled;
    }
    return (await this.exports.expire(id, owner)) ?? (await this.exports.findOwned(id, owner)) ?? found;
  }

  /** Cancels or expires all exports that contain something which was deleted, also those of other owners. */
  async discard(discarded: DiscardedExports, by: Principal): Promise<void> {
    for (const changed of await this.exports.discard(discarded, by)) {
      if (changed.status === 'cancelled') this.metrics.ended(changed, 'cancelled');
    }
  }

  /**
   * Adds exports to the queue, and has the next sweep do it where the queue is down.
   * @throws when the queue cannot be reached
   */
  async enqueue(...exportIds: readonly string[]): Promise<void> {
    try {
      await this.queue.add(...exportIds);
    } catch (error) {
      await this.exports.makeDue(exportIds);
      throw error;
    }
  }

  private async toRequest(input: ExportInput): Promise<RequestExport> {
    return toRequest(input, await this.estimator.forRecord(input), this.sources.source(input.kind), this.config);
  }

  private async notifyWorkers(exportId: string): Promise<void> {
    try {
      await this.enqueue(exportId);
    } catch (error) {
      this.logger.warn('An export could not be added to the queue; the next sweep adds it', {
        event: 'export.enqueue_failed',
        export_id: exportId,
        reason: String(error),
      });
    }
  }
}

/**
 * Reads one export. While the last byte of its one-time file is on its way, waits a moment for the record to settle: the
 * client that received the byte must not see the file as available.
 * @param owner `null` reads the export of any owner
 * @throws DomainError not-found, also when the id is malformed
 */
export async function getExport(exports: ExportRepository, id: string, owner: Principal | null): Promise<Export> {
  const deadline = Date.now() + MAX_COMPLETION_WAIT_MS;
  for (let wait = COMPLETION_POLL_MS; ; wait = Math.min(2 * wait, MAX_COMPLETION_POLL_MS)) {
    const found = isUUID(id) ? await (owner ? exports.findOwned(id, owner) : exports.find(id)) : null;
    if (!found) throw DomainError.notFound('Export');
    if (!found.isDownloadCompleting || Date.now() > deadline) return found;
    await pause(wait);
  }
}
