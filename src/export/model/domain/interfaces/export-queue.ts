import { Injectable } from '@nestjs/common';
import { MaintenanceRepository } from './maintenance.repository';

/** Wakes workers for waiting exports. The queue is a hint: the records are the truth, and the sweep enqueues what is missing. */
export abstract class ExportQueue {
  /** @throws when the queue cannot be reached */
  abstract add(...exportIds: readonly string[]): Promise<void>;

  /**
   * Adds a job for a waiting export, unless a job waits already: its worker claims the export as well.
   * @throws when the queue cannot be reached
   */
  abstract wake(exportId: string): Promise<void>;
}

/** Adds exports to the queue, and has the next sweep do it where the queue is down. */
@Injectable()
export class ExportAnnouncer {
  constructor(
    private readonly queue: ExportQueue,
    private readonly maintenance: MaintenanceRepository,
  ) {}

  /** @throws when the queue cannot be reached */
  async announce(...exportIds: readonly string[]): Promise<void> {
    try {
      await this.queue.add(...exportIds);
    } catch (error) {
      await this.maintenance.makeDue(exportIds);
      throw error;
    }
  }
}
