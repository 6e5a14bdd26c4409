import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { pause } from '../../../platform/time/pause';
import type { Export } from '../domain/export';
import { ENDING_LONGEST_POLL_MS, ENDING_PATIENCE_MS, ENDING_POLL_MS } from '../domain/download-lease-limits';
import { ExportRepository } from '../domain/interfaces/export.repository';

/** Reads single exports: where one is about to change for good, as it is after that. */
@Injectable()
export class ExportReading {
  constructor(private readonly exports: ExportRepository) {}

  /**
   * Waits a moment where a one-time file is all but taken: whoever has its last byte, and asks, finds it gone.
   * @param owner `null` for anybody's
   * @throws DomainError not-found, also for an id that is none
   */
  async get(id: string, owner: Principal | null): Promise<Export> {
    const patience = Date.now() + ENDING_PATIENCE_MS;
    for (let wait = ENDING_POLL_MS; ; wait = Math.min(2 * wait, ENDING_LONGEST_POLL_MS)) {
      const found = isUUID(id) ? await (owner ? this.exports.findOwned(id, owner) : this.exports.find(id)) : null;
      if (!found) throw DomainError.notFound('Export');
      if (!found.isBeingTaken || Date.now() > patience) return found;
      // Many may be waiting: they ask less and less often.
      await pause(wait);
    }
  }
}
