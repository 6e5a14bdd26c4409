import { Injectable } from '@nestjs/common';
import { isCustomer, type Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import {
  type DeliveryPlan,
  type Ending,
  ENDINGS,
  NO_DELIVERIES,
  type PlannedDelivery,
} from '../../../platform/outbox/planned-delivery';
import type { Language } from '../domain/language';
import { DeliveryChannels } from './delivery-channels';

/** Who is notified of an export, as requested: the input of each channel by the channel's name. */
export interface NotifyInput {
  /** The endings to notify of; all by default. */
  readonly on?: readonly Ending[];
  readonly language?: Language;
  readonly [channel: string]: unknown;
}

/** Plans the deliveries that a request asks for. */
@Injectable()
export class DeliveryPlanner {
  constructor(private readonly channels: DeliveryChannels) {}

  /**
   * @param notify the validated input; `false` for no notification
   * @param emailByDefault whether the caller is notified when the request says nothing and their address is known
   * @throws DomainError invalid, naming the field below `notify`
   */
  async forRequest(
    caller: Principal,
    notify: NotifyInput | false | undefined,
    { emailByDefault }: { readonly emailByDefault: boolean },
  ): Promise<DeliveryPlan> {
    if (notify === false) return { ...NO_DELIVERIES, asked: false };
    const { on = ENDINGS, language, ...inputs } = withoutNulls(notify ?? {});
    const offered = this.channels.all.filter(({ descriptor }) => descriptor.notify !== null);
    const deliveries: PlannedDelivery[] = [];
    let webhookSecret: string | undefined;
    for (const channel of offered) {
      const { name, copiesFile } = channel.descriptor;
      const input = inputs[name];
      if (input === undefined || input === null || input === false) continue;
      const context = { principal: caller, language, field: `notify.${name}`, isOperator: false };
      const { target, secret } = await channel.plan(typeof input === 'object' ? withoutNulls(input) : input, context);
      deliveries.push({ channel: name, on: copiesFile ? ['completed'] : on, target });
      webhookSecret ??= secret;
    }
    const names = offered.map(({ descriptor }) => descriptor.name);
    if (names.every((name) => inputs[name] === undefined)) {
      if (!emailByDefault && notify) {
        const message = `must name a channel (${names.join(', ')}), or be false`;
        throw DomainError.invalidRequest({ field: 'notify', message });
      }
      if (emailByDefault && !isCustomer(caller)) deliveries.push(...(await this.planDefaults(caller, on, language)));
    }
    // An encrypted secret differs each time: two requests are the same when their inputs are.
    const asked = notify ? withFixedOrder(notify, names) : null;
    return { deliveries, asked, ...(webhookSecret !== undefined && { webhookSecret }) };
  }

  private async planDefaults(
    caller: Exclude<Principal, { customerId: string }>,
    on: readonly Ending[],
    language: Language | undefined,
  ): Promise<PlannedDelivery[]> {
    const deliveries: PlannedDelivery[] = [];
    for (const channel of this.channels.all) {
      const target = await channel.planDefault?.(caller, language);
      if (target) deliveries.push({ channel: channel.descriptor.name, on, target });
    }
    return deliveries;
  }
}

/** Release 0.1.0 compares this text by its characters, so the order of its members must never change. */
function withFixedOrder(notify: NotifyInput, channels: readonly string[]): NotifyInput {
  const names = [...channels, 'on', 'language'].filter((name) => notify[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, notify[name]]));
}

/** A member that is `null` counts as left out. */
function withoutNulls<Input extends object>(input: Input): Input {
  const given = Object.entries(input).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given) as Input;
}
