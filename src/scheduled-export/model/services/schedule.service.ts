import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { requireAdmin } from '../../../platform/auth/admin';
import type { Caller } from '../../../platform/auth/caller';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/http/page';
import { idempotentRequest } from '../../../platform/idempotency/idempotency-keys';
import {
  ScheduleRepository,
  type ScheduleCreation,
  type ScheduleQuery,
} from '../domain/interfaces/schedule.repository';
import { needsAdmin, type Schedule } from '../domain/schedule';
import type { ScheduleWish } from '../domain/schedule-wish';
import { ScheduleDefinitions } from './schedule-definitions';

/** A schedule that was saved, and the secret of its webhook where that is new. */
export interface SavedSchedule extends ScheduleCreation {
  readonly webhookSecret: string | null;
}

/** Schedules as their owners keep them. */
@Injectable()
export class ScheduleService {
  constructor(
    private readonly schedules: ScheduleRepository,
    private readonly definitions: ScheduleDefinitions,
  ) {}

  /** @throws DomainError invalid | forbidden | mismatch | gone | conflict */
  async create(caller: Caller, wish: ScheduleWish, idempotencyKey: string | null): Promise<SavedSchedule> {
    const idempotency =
      idempotencyKey === null ? null : idempotentRequest(caller, idempotencyKey, 'schedule', JSON.stringify(wish));
    const { definition, webhookSecret } = await this.definitions.define(caller, wish, null);
    const creation = await this.schedules.create(definition, caller, idempotency);
    // A repeat made no plan that is kept: the secret it would show signs nothing.
    return { ...creation, webhookSecret: creation.isNew ? webhookSecret : null };
  }

  /** @throws DomainError not-found | invalid | forbidden */
  async replace(id: string, caller: Caller, wish: ScheduleWish): Promise<SavedSchedule> {
    const { definition, webhookSecret } = await this.definitions.define(caller, wish, await this.get(id, caller));
    return { schedule: found(await this.schedules.replace(id, definition, caller)), isNew: false, webhookSecret };
  }

  /** @throws DomainError not-found, also for an id that is none */
  async get(id: string, owner: Caller): Promise<Schedule> {
    return found(isUUID(id) ? await this.schedules.findOwned(id, owner) : null);
  }

  /**
   * The schedule for somebody who has it run: who is no administrator any more does not have that done which only they may.
   * @throws DomainError not-found | forbidden
   */
  async toBegin(id: string, by: Caller): Promise<Schedule> {
    const schedule = await this.get(id, by);
    if (needsAdmin(schedule)) requireAdmin(by);
    return schedule;
  }

  list(query: ScheduleQuery): Promise<Page<Schedule>> {
    return this.schedules.list(query);
  }

  /** @throws DomainError not-found */
  async delete(id: string, by: Caller): Promise<void> {
    if (!isUUID(id) || !(await this.schedules.delete(id, by))) throw notFound();
  }

  /** @throws DomainError not-found */
  async pause(id: string, by: Caller): Promise<Schedule> {
    return found(isUUID(id) ? await this.schedules.pause(id, by) : null);
  }

  /** @throws DomainError not-found | forbidden | conflict, while nobody has said how its destination is reached */
  async resume(id: string, by: Caller): Promise<Schedule> {
    const { delivery, deliveries } = await this.toBegin(id, by);
    const isBrought = delivery.method === 's3' || delivery.method === 'webhook';
    if (isBrought && !deliveries.some(({ channel }) => channel === delivery.method)) {
      const message = 'Its files would reach nobody: save the schedule with the credentials of its destination first';
      throw new DomainError('conflict', 'destination-not-reachable', message);
    }
    return found(await this.schedules.resume(id, by));
  }
}

function found(schedule: Schedule | null): Schedule {
  if (!schedule) throw notFound();
  return schedule;
}

function notFound(): DomainError {
  return DomainError.notFound('Schedule');
}
