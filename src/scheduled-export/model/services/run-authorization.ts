import { Injectable } from '@nestjs/common';
import { type PlatformUser, ReadAuthorization } from '../../../catalog';
import { DeliveriesForScheduledExport } from '../../../delivery';
import type { Export } from '../../../export';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { findRightEnd, needsAdmin } from '../domain/schedule-rights';
import { ScheduleRunRepository } from '../domain/interfaces/schedule-run.repository';

/**
 * Refuses the run of a schedule that does what only administrators may, once its owner's right has ended, and pauses it. It is
 * checked inside the run, so that a run that waited is refused too.
 */
@Injectable()
export class RunAuthorization extends ReadAuthorization {
  constructor(
    private readonly runs: ScheduleRunRepository,
    private readonly deliveries: DeliveriesForScheduledExport,
    private readonly config: Config,
  ) {
    super();
  }

  override async authorize(request: Export, findUser: (id: string) => Promise<PlatformUser | null>): Promise<void> {
    if (request.scheduleId === null) return;
    const found = await this.runs.findByExport(request.id);
    // The schedule may have been replaced or deleted since, so the tables of the export itself are checked as well.
    if (!readsTables(request) && !(found && needsAdmin(found.schedule))) return;
    if (!found) throw new DomainError('gone', 'schedule-deleted', 'Its schedule was deleted before the run began.');
    const { run, schedule, now } = found;
    const why = findRightEnd(schedule, await findUser(schedule.userId), now, this.config.schedules.adminRightDays);
    if (!why) return;
    if (needsAdmin(schedule)) {
      await this.runs.pauseAfter(run, why, await this.deliveries.noticesToAdministrators(schedule));
    }
    throw new DomainError('forbidden', 'administrator-right-ended', why.reason);
  }
}

function readsTables({ options: { tables } }: Export): boolean {
  return Array.isArray(tables) && tables.length > 0;
}
