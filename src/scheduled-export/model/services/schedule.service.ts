import { Injectable } from '@nestjs/common';
import { requireAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { idempotentRequest } from '../../../platform/idempotent-request';
import { ScheduleRepository, type ScheduleCreation } from '../domain/interfaces/schedule.repository';
import type { Schedule, ScheduleInput } from '../domain/schedule';
import { accessFor, isOwner, needsAdmin } from '../domain/schedule-rights';
import { ScheduleDefinitions } from './schedule-definitions';
import { ScheduleManagement } from './schedule-management';

/** A saved schedule, with the secret of its webhook if that was generated now. */
export interface SavedSchedule extends ScheduleCreation {
  readonly webhookSecret: string | null;
}

/** Creates and replaces schedules for their owners. */
@Injectable()
export class ScheduleService {
  constructor(
    private readonly schedules: ScheduleRepository,
    private readonly management: ScheduleManagement,
    private readonly definitions: ScheduleDefinitions,
  ) {}

  /** @throws DomainError invalid | forbidden | mismatch | gone | conflict */
  async create(caller: UserPrincipal, input: ScheduleInput, idempotencyKey: string | null): Promise<SavedSchedule> {
    const idempotency =
      idempotencyKey === null ? null : idempotentRequest(caller, idempotencyKey, 'schedule', JSON.stringify(input));
    const { definition, webhookSecret } = await this.definitions.define(caller, input, null);
    const creation = await this.schedules.create(definition, caller, idempotency);
    // A repeat stores no plan, so that its new secret signs nothing.
    return { ...creation, webhookSecret: creation.isNew ? webhookSecret : null };
  }

  /** @throws DomainError not-found | invalid | forbidden */
  async replace(id: string, caller: UserPrincipal, input: ScheduleInput): Promise<SavedSchedule> {
    const { definition, webhookSecret } = await this.definitions.define(caller, input, await this.getOwn(id, caller));
    const schedule = await this.schedules.replace(id, definition, caller);
    if (!schedule) throw DomainError.notFound('Schedule');
    return { schedule, isNew: false, webhookSecret };
  }

  /**
   * The schedule for a manual run. A former administrator cannot run what only administrators may.
   * @throws DomainError not-found | forbidden
   */
  async getRunnable(id: string, by: UserPrincipal): Promise<Schedule> {
    const schedule = await this.getOwn(id, by);
    if (needsAdmin(schedule)) requireAdmin(by);
    return schedule;
  }

  /**
   * A schedule exports with the rights of its owner: only the owner may save, run or test it.
   * @throws DomainError not-found | forbidden, for an administrator who may see but not run it
   */
  async getOwn(id: string, caller: UserPrincipal): Promise<Schedule> {
    const schedule = await this.management.get(id, accessFor(caller));
    if (isOwner(schedule, caller)) return schedule;
    throw new DomainError('forbidden', 'owner-only', 'Only the owner of a schedule may replace, run or test it');
  }
}
