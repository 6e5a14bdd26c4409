import { Injectable } from '@nestjs/common';
import { isAdmin } from '../../../platform/auth/admin';
import type { Person, UserPrincipal } from '../../../platform/auth/principal';
import type { FieldError } from '../../../platform/errors/domain-error';
import { ENDINGS, type Ending, type PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { DeliveryState } from '../domain/delivery-state';
import type { DeliveryChannel } from '../domain/interfaces/delivery-channel';
import { DeliveryRepository } from '../domain/interfaces/delivery.repository';
import type { Language } from '../domain/language';
import type { ScheduleDelivery, ScheduleDeliveryInput } from '../domain/channel-descriptor';
import { type EarlierDeliveries, findDeliveryErrors, findKept, toScheduleDelivery } from '../domain/schedule-delivery';
import { DeliveryChannels } from './delivery-channels';

/** What each run of a schedule delivers. */
export interface ScheduleDeliveries {
  readonly delivery: ScheduleDelivery;
  readonly deliveries: readonly PlannedDelivery[];
  /** The secret that a webhook's receiver checks signatures with. It is shown once, if it was generated. */
  readonly webhookSecret: string | null;
}

const PAUSED: readonly Ending[] = ['failed'];

/** The deliveries of schedules. */
@Injectable()
export class DeliveriesForScheduledExport {
  constructor(
    private readonly channels: DeliveryChannels,
    private readonly deliveries: DeliveryRepository,
  ) {}

  /** Errors that the request alone shows. */
  findErrors(request: ScheduleDeliveryInput): FieldError[] {
    return findDeliveryErrors(request, this.channels.descriptors);
  }

  /**
   * Plans what each run of a schedule delivers. Targets are checked, probed and stored with the schedule. An unchanged target
   * is kept with its secrets, and probed again.
   * @throws DomainError invalid, naming the field of the schedule
   */
  async plan(
    caller: UserPrincipal,
    request: ScheduleDeliveryInput,
    earlier: EarlierDeliveries | null,
  ): Promise<ScheduleDeliveries> {
    const kept = earlier && findKept(caller, request, earlier, this.channels.descriptors);
    const deliveries: PlannedDelivery[] = [];
    let webhookSecret: string | null = null;
    for (const channel of this.byMethodFirst(request.method)) {
      const { name, copiesFile, schedule } = channel.descriptor;
      if (kept?.channel === name) {
        await channel.probe?.(kept.target, schedule.field);
        deliveries.push(kept);
        continue;
      }
      const input = schedule.toInput(request);
      if (input === undefined) continue;
      const context = {
        principal: caller,
        language: request.language,
        field: schedule.field,
        isOperator: isAdmin(caller) && caller.tenantId === null,
      };
      const { target, secret } = await channel.plan(input, context);
      deliveries.push({ channel: name, on: copiesFile ? ['completed'] : ENDINGS, target });
      webhookSecret ??= secret ?? null;
    }
    const delivery = toScheduleDelivery(request, deliveries, this.channels.descriptors);
    return { delivery, deliveries, webhookSecret };
  }

  /**
   * How a pause of a schedule is notified: to the first channel that has a target in the plan or knows one of the owner.
   * @param language of texts for the owner; by default, theirs
   * @returns `null` if there is no target
   */
  async noticeTo(
    owner: Person,
    deliveries: readonly PlannedDelivery[],
    language?: Language,
  ): Promise<PlannedDelivery | null> {
    for (const channel of this.channels.all) {
      const { name, copiesFile } = channel.descriptor;
      if (copiesFile) continue;
      const planned = deliveries.find((delivery) => delivery.channel === name);
      const target = planned?.target ?? (await channel.planDefault?.(owner, language));
      if (target) return { channel: name, on: PAUSED, target };
    }
    return null;
  }

  /** How administrators are notified that the service paused a schedule of this owner. */
  async noticesToAdministrators({ userId, tenantId }: Person): Promise<PlannedDelivery[]> {
    const notices = this.channels.all.map(async (channel) => {
      const targets = (await channel.planForAdministrators?.({ userId, tenantId })) ?? [];
      return targets.map((target) => ({ channel: channel.descriptor.name, on: PAUSED, target }));
    });
    return (await Promise.all(notices)).flat();
  }

  /** The states of the deliveries of each export. An export without deliveries is left out. */
  statesOf(exportIds: readonly string[]): Promise<Map<string, DeliveryState[]>> {
    return this.deliveries.statesOf(exportIds);
  }

  /** The channel of the method, and those that accompany any method. */
  private byMethodFirst(method: string): DeliveryChannel[] {
    const chosen = this.channels.all.filter(({ descriptor }) => descriptor.name === method);
    const others = this.channels.all.filter(
      ({ descriptor: { name, schedule } }) => name !== method && schedule.accompanies,
    );
    return [...chosen, ...others];
  }
}
