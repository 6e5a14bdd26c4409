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
import { WebhookTargets, type WebhookInput } from '../domain/interfaces/webhook-targets';
import type { Language } from '../domain/language';
import { MailPlanner } from './mail-planner';

/** Who shall be told of an export, as a request says it. */
export interface NotifyInput {
  /** `true` for the caller's own address. */
  readonly email?: boolean | string;
  readonly webhook?: WebhookInput;
  /** Of which ends; of both where it is left out. */
  readonly on?: readonly Ending[];
  readonly language?: Language;
}

/** Turns what a request says of notifications into a plan of deliveries. */
@Injectable()
export class DeliveryPlanner {
  constructor(
    private readonly mail: MailPlanner,
    private readonly webhooks: WebhookTargets,
  ) {}

  /**
   * @param notify as it was sent, checked for its form; `false` for nobody
   * @param emailByDefault whether the caller gets mail where nothing else is said and their address is known
   * @throws DomainError invalid, naming the field below `notify`
   */
  async forRequest(
    caller: Principal,
    notify: NotifyInput | false | undefined,
    { emailByDefault }: { readonly emailByDefault: boolean },
  ): Promise<DeliveryPlan> {
    if (notify === false) return { ...NO_DELIVERIES, asked: false };
    const { email, webhook, on = ENDINGS, language } = said(notify ?? {});
    const deliveries: PlannedDelivery[] = [];
    if (email !== undefined && email !== false) {
      const target = await this.mail.target(caller, email, language, 'notify.email');
      deliveries.push({ channel: 'email', on, target: { ...target } });
    }
    const planned = webhook && (await this.webhooks.plan(said(webhook), 'notify.webhook'));
    if (planned) deliveries.push({ channel: 'webhook', on, target: planned.target });
    if (email === undefined && webhook === undefined) {
      if (!emailByDefault && notify) {
        const message = 'must name a way: email or webhook; or be false';
        throw DomainError.invalidRequest({ field: 'notify', message });
      }
      deliveries.push(...(await this.byDefault(caller, on, language, emailByDefault)));
    }
    // Sealed anew, a secret looks different each time: what makes two requests the same is what was asked for.
    return {
      deliveries,
      asked: notify ?? null,
      ...(planned && said(webhook).secret === undefined && { webhookSecret: planned.secret }),
    };
  }

  private async byDefault(
    caller: Principal,
    on: readonly Ending[],
    language: Language | undefined,
    emailByDefault: boolean,
  ): Promise<PlannedDelivery[]> {
    if (!emailByDefault || isCustomer(caller)) return [];
    const target = await this.mail.ownTarget(caller, language);
    return target ? [{ channel: 'email', on, target: { ...target } }] : [];
  }
}

/** What is `null` in a request counts as left out. */
function said<Wish extends object>(wish: Wish): Wish {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== null && value !== undefined)) as Wish;
}
