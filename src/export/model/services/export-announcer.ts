import { Injectable } from '@nestjs/common';
import { ExportQueue } from '../domain/interfaces/export-queue';
import { MaintenanceRepository } from '../domain/interfaces/maintenance.repository';

/** Tells the queue of exports that wait. */
@Injectable()
export class ExportAnnouncer {
  constructor(
    private readonly queue: ExportQueue,
    private readonly upkeep: MaintenanceRepository,
  ) {}

  /** @throws when the queue cannot be reached; the exports are overdue then, so that the next sweep tells it of them */
  async announce(...exportIds: readonly string[]): Promise<void> {
    try {
      await this.queue.add(...exportIds);
    } catch (error) {
      await this.upkeep.makeDue(exportIds);
      throw error;
    }
  }
}
