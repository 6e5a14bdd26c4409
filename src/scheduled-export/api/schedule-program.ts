import { Injectable } from '@nestjs/common';
import { jsonLine, printable } from '../../platform/program/program-output';
import type { OperatorProgram } from '../../platform/program/run-program';
import type { Schedule } from '../model/domain/schedule';
import { OPERATOR_ACCESS } from '../model/domain/schedule-rights';
import { ScheduleManagement } from '../model/services/schedule-management';
import { readCommand, type ScheduleCommand } from './schedule-command';

/** So many are read at once. */
const PAGE = 500;

/** What an operator types, and what is printed: `npm run schedules`. */
@Injectable()
export class ScheduleProgram implements OperatorProgram {
  constructor(private readonly schedules: ScheduleManagement) {}

  /**
   * @param args after the name of the program
   * @returns what to print
   * @throws UsageError when nobody could do that | DomainError not-found | conflict
   */
  async run(args: readonly string[]): Promise<string> {
    const command = readCommand(args);
    switch (command.name) {
      case 'list':
        return listed(await this.all(command), command);
      case 'pause':
        return changed(await this.schedules.pause(command.id, OPERATOR_ACCESS), command, 'is paused');
      case 'resume':
        return changed(await this.schedules.resume(command.id, OPERATOR_ACCESS), command, 'is active');
      case 'delete': {
        const schedule = await this.schedules.get(command.id, OPERATOR_ACCESS);
        await this.schedules.delete(command.id, OPERATOR_ACCESS);
        return changed(schedule, command, 'was deleted');
      }
    }
  }

  private async all(filters: { readonly ownerId?: string; readonly tenantId?: string }): Promise<Schedule[]> {
    const { ownerId, tenantId } = filters;
    const found: Schedule[] = [];
    let cursor: string | undefined;
    do {
      const query = { access: OPERATOR_ACCESS, ownerId, tenantId, size: PAGE, cursor };
      const { items, nextCursor } = await this.schedules.list(query);
      found.push(...items);
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
    return found;
  }
}

function changed(schedule: Schedule, { json }: ScheduleCommand, state: string): string {
  if (json) return jsonLine(toJson(schedule));
  return `${printable(schedule.name)} (${schedule.id}) of ${printable(schedule.userId)} ${state}.\n`;
}

function listed(schedules: readonly Schedule[], { json }: ScheduleCommand): string {
  if (json) return jsonLine(schedules.map(toJson));
  if (schedules.length === 0) return 'There are no such schedules.\n';
  return schedules
    .map(({ id, userId, tenantId, name, asAdmin, rule, nextRunAt, isActive, pausedReason }) => {
      const owner = `${userId}${tenantId === null ? '' : ` (${tenantId})`}${asAdmin ? ' as an administrator' : ''}`;
      const when = rule.cron ?? rule.frequency;
      const state = isActive
        ? `next run ${nextRunAt?.toISOString() ?? 'unknown'}`
        : `paused: ${pausedReason ?? 'by its owner'}`;
      return `${printable(`${id}  ${name}  of ${owner}  ${when}  ${state}`)}\n`;
    })
    .join('');
}

/** Without what it exports and where to: that may hold secrets. */
function toJson(schedule: Schedule) {
  return {
    id: schedule.id,
    owner: schedule.userId,
    tenant_id: schedule.tenantId,
    name: schedule.name,
    as_admin: schedule.asAdmin,
    frequency: schedule.rule.cron ?? schedule.rule.frequency,
    next_run_at: schedule.nextRunAt?.toISOString() ?? null,
    is_active: schedule.isActive,
    paused_code: schedule.pausedCode,
    paused_reason: schedule.pausedReason,
    created_at: schedule.createdAt.toISOString(),
  };
}
