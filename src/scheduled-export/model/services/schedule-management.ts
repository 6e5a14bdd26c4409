import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { requireAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/paging';
import { ScheduleRepository, type ScheduleQuery } from '../domain/interfaces/schedule.repository';
import type { Schedule } from '../domain/schedule';
import { accessFor, accessToOwn, isOwner, type ScheduleAccess, needsAdmin } from '../domain/schedule-rights';

/** What owners, administrators and operators do with schedules that exist, except to replace and to run them. */
@Injectable()
export class ScheduleManagement {
  constructor(private readonly schedules: ScheduleRepository) {}

  /**
   * @param owner the id of a user, or `all`, for administrators; the caller's own schedules where it is left out
   * @throws DomainError forbidden
   */
  listFor(
    caller: UserPrincipal,
    owner: string | undefined,
    query: Pick<ScheduleQuery, 'size' | 'cursor' | 'isActive'>,
  ): Promise<Page<Schedule>> {
    if (owner === undefined) return this.list({ ...query, access: accessToOwn(caller) });
    if (owner !== caller.userId) requireAdmin(caller);
    return this.list({ ...query, access: accessFor(caller), ownerId: owner === 'all' ? undefined : owner });
  }

  list(query: ScheduleQuery): Promise<Page<Schedule>> {
    return this.schedules.list(query);
  }

  /** @throws DomainError not-found, also for an id that is none */
  async get(id: string, access: ScheduleAccess): Promise<Schedule> {
    return found(isUUID(id) ? await this.schedules.find(id, access) : null);
  }

  /** @throws DomainError not-found */
  async delete(id: string, access: ScheduleAccess): Promise<void> {
    if (!isUUID(id) || !(await this.schedules.delete(id, access))) throw notFound();
  }

  /** @throws DomainError not-found */
  async pause(id: string, access: ScheduleAccess): Promise<Schedule> {
    return found(isUUID(id) ? await this.schedules.pause(id, access) : null);
  }

  /**
   * @param roles of the actor
   * @throws DomainError not-found | forbidden | conflict, while its owner has to save or resume it first
   */
  async resume(id: string, access: ScheduleAccess, roles: readonly string[] = []): Promise<Schedule> {
    const schedule = await this.get(id, access);
    if (isOwner(schedule, access.actor)) {
      if (needsAdmin(schedule)) requireAdmin({ roles });
    } else if (schedule.pausedCode === 'administrator-right-ended') {
      const message = 'It reads what only administrators may: its owner has to resume it with an administrator’s token';
      throw new DomainError('conflict', 'owner-must-resume', message);
    }
    requireDestination(schedule);
    return found(await this.schedules.resume(id, access));
  }
}

/** @throws DomainError conflict, while nobody has said how its destination is reached */
function requireDestination({ delivery, deliveries }: Schedule): void {
  const isBrought = delivery.method === 's3' || delivery.method === 'webhook';
  if (!isBrought || deliveries.some(({ channel }) => channel === delivery.method)) return;
  const message = 'Its files would reach nobody: save the schedule with the credentials of its destination first';
  throw new DomainError('conflict', 'destination-not-reachable', message);
}

function found(schedule: Schedule | null): Schedule {
  if (!schedule) throw notFound();
  return schedule;
}

function notFound(): DomainError {
  return DomainError.notFound('Schedule');
}
