import { Injectable } from '@nestjs/common';
import { CommandLine, JSON_OPTION } from '../../platform/program/command-line';
import { jsonLine, printable } from '../../platform/program/program-output';
import type { OperatorProgram } from '../../platform/program/run-program';
import type { Schedule } from '../model/domain/schedule';
import { OPERATOR_ACCESS } from '../model/domain/schedule-rights';
import { ScheduleManagement } from '../model/services/schedule-management';

const commandLine = new CommandLine(`Usage: npm run schedules -- <command> [--json]
  list [--owner <user id>] [--tenant <id>]   lists the schedules of everybody, newest first
  pause <id>                                 pauses it until it is resumed
  resume <id>                                resumes it, unless only its owner may
  delete <id>                                deletes it, but not its exports`);

type ScheduleCommand = { readonly json: boolean } & (
  | { readonly name: 'list'; readonly ownerId?: string; readonly tenantId?: string }
  | { readonly name: 'pause' | 'resume' | 'delete'; readonly id: string }
);

/** @returns the usage if the arguments ask for it, else `null` */
export function usageFor(args: readonly string[]): string | null {
  return commandLine.usageFor(args);
}

const PAGE = 500;

/** `npm run schedules`, for operators. */
@Injectable()
export class ScheduleProgram implements OperatorProgram {
  constructor(private readonly schedules: ScheduleManagement) {}

  /**
   * @param args after the name of the program
   * @returns what to print
   * @throws UsageError | DomainError not-found | conflict
   */
  async run(args: readonly string[]): Promise<string> {
    const command = parseCommand(args);
    switch (command.name) {
      case 'list':
        return formatList(await this.all(command), command);
      case 'pause':
        return formatChange(await this.schedules.pause(command.id, OPERATOR_ACCESS), command, 'is paused');
      case 'resume':
        return formatChange(await this.schedules.resume(command.id, OPERATOR_ACCESS), command, 'is active');
      case 'delete': {
        const schedule = await this.schedules.get(command.id, OPERATOR_ACCESS);
        await this.schedules.delete(command.id, OPERATOR_ACCESS);
        return formatChange(schedule, command, 'was deleted');
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

function formatChange(schedule: Schedule, { json }: ScheduleCommand, state: string): string {
  if (json) return jsonLine(toJson(schedule));
  return `${printable(schedule.name)} (${schedule.id}) of ${printable(schedule.userId)} ${state}.\n`;
}

function formatList(schedules: readonly Schedule[], { json }: ScheduleCommand): string {
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

/** Without filters and destinations, which may contain secrets. */
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

/** @throws UsageError */
function parseCommand([name, ...args]: readonly string[]): ScheduleCommand {
  switch (name) {
    case 'list': {
      const options = { json: JSON_OPTION, owner: { type: 'string' }, tenant: { type: 'string' } } as const;
      const { values, positionals } = commandLine.read(args, options);
      commandLine.refuseMore(positionals);
      return { name, ownerId: values.owner, tenantId: values.tenant, json: values.json };
    }
    case 'pause':
    case 'resume':
    case 'delete': {
      const { values, positionals } = commandLine.read(args, { json: JSON_OPTION });
      return { name, id: commandLine.onlyId(name, 'schedule', positionals), json: values.json };
    }
    case undefined:
    default:
      return commandLine.unknown(name);
  }
}
