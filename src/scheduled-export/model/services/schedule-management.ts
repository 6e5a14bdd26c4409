import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { findChannel } from '../../../delivery';
import { requireAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/paging';
import { ScheduleRepository, type ScheduleQuery } from '../domain/interfaces/schedule.repository';
import type { Schedule } from '../domain/schedule';
import { accessFor, accessToOwn, isOwner, type ScheduleAccess, needsAdmin } from '../domain/schedule-rights';

/** What owners, administrators and operators do with existing schedules, except replacing and running them. */
@Injectable()
export class ScheduleManagement {
  constructor(private readonly schedules: ScheduleRepository) {}

  /**
   * @param owner for administrators: a user id or `all`; by default the caller
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

  /** @throws DomainError not-found, also for an invalid id */
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
   * @throws DomainError not-found | forbidden | conflict, if its owner has to save or resume it first
   */
  async resume(id: string, access: ScheduleAccess, roles: readonly string[] = []): Promise<Schedule> {
    const schedule = await this.get(id, access);
    if (isOwner(schedule, access.actor)) {
      if (needsAdmin(schedule)) requireAdmin({ roles });
    } else if (schedule.pausedCode === 'administrator-right-ended') {
      const message =
        'It reads what only administrators may. Its owner has to resume it with an administrator’s token.';
      throw new DomainError('conflict', 'owner-must-resume', message);
    }
    requireDestination(schedule);
    return found(await this.schedules.resume(id, access));
  }
}

/** @throws DomainError conflict, while its destination has no credentials */
function requireDestination({ delivery, deliveries }: Schedule): void {
  const hasDefault = (findChannel(delivery.method)?.schedule.missing ?? null) === null;
  if (hasDefault || deliveries.some(({ channel }) => channel === delivery.method)) return;
  const message = 'Its files cannot be delivered. Save the schedule with the credentials of its destination first.';
  throw new DomainError('conflict', 'destination-not-reachable', message);
}

function found(schedule: Schedule | null): Schedule {
  if (!schedule) throw notFound();
  return schedule;
}

function notFound(): DomainError {
  return DomainError.notFound('Schedule');
}
