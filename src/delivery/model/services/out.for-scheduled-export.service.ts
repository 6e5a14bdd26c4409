import { Injectable } from '@nestjs/common';
import type { Person } from '../../../platform/auth/caller';
import type { DeliveryPlan, Ending, PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { DeliveryState } from '../domain/delivery-state';
import { BucketTargets, type BucketWish } from '../domain/interfaces/bucket-targets';
import { DeliveryRepository } from '../domain/interfaces/delivery.repository';
import { WebhookTargets } from '../domain/interfaces/webhook-targets';
import type { Language } from '../domain/language';
import { MailPlanner, refusal } from './mail-planner';

/** Where the files of a schedule go, and who is told of its runs. */
export interface ScheduleDeliveryWish {
  readonly method: 'download' | 's3' | 'email' | 'webhook';
  /** `true` for the owner's own address. Where the method is `email`, `false` means that too. */
  readonly email: boolean | string;
  readonly language?: Language;
  /** Needed where the method is `s3`. */
  readonly destination?: BucketWish;
  /** Needed where the method is `webhook`. */
  readonly webhook?: { readonly url: string; readonly secret?: string };
}

/** Under which names a refusal speaks of the parts of the wish. */
export interface WishFields {
  readonly email: string;
  readonly destination: string;
  readonly webhook: string;
}

const FIELDS: WishFields = { email: 'delivery_email', destination: 'destination', webhook: 'webhook' };
const BOTH: readonly Ending[] = ['completed', 'failed'];

/** What schedules may ask of deliveries. */
@Injectable()
export class DeliveriesForScheduledExport {
  constructor(
    private readonly mail: MailPlanner,
    private readonly webhooks: WebhookTargets,
    private readonly buckets: BucketTargets,
    private readonly deliveries: DeliveryRepository,
  ) {}

  /**
   * Plans what each run of a schedule delivers: checked, probed and sealed now, and kept with the schedule.
   * @returns the plan, and the secret of its webhook where it was made here, to be shown once
   * @throws DomainError invalid
   */
  async plan(
    caller: Person,
    wish: ScheduleDeliveryWish,
    fields: Partial<WishFields> = {},
  ): Promise<{ readonly plan: DeliveryPlan; readonly webhookSecret: string | null }> {
    const named = { ...FIELDS, ...fields };
    const { method, language } = wish;
    const deliveries: PlannedDelivery[] = [];
    let webhookSecret: string | null = null;
    if (method === 's3') deliveries.push(await this.toBucket(wish, named.destination));
    if (method === 'webhook') {
      const { delivery, secret } = await this.toWebhook(wish, named.webhook);
      deliveries.push(delivery);
      webhookSecret = secret;
    }
    const email = method === 'email' && wish.email === false ? true : wish.email;
    if (email !== false) {
      const target = await this.mail.target(caller, email, language, named.email);
      deliveries.push({ channel: 'email', on: BOTH, target: { ...target } });
    }
    return { plan: { deliveries, asked: wish }, webhookSecret };
  }

  /**
   * To whom it is told that a schedule was paused: whoever its plan writes to, else its owner, where their address is known.
   * @returns the target of a message for the channel `email`; `null` where there is nobody to write to
   */
  async mailTargetOf(
    owner: Person,
    deliveries: readonly PlannedDelivery[],
  ): Promise<Readonly<Record<string, unknown>> | null> {
    const planned = deliveries.find(({ channel }) => channel === 'email');
    if (planned) return planned.target;
    const own = await this.mail.ownTarget(owner);
    return own && { ...own };
  }

  /** How the deliveries of each of the exports stand. An export of which nothing is told is left out. */
  statesOf(exportIds: readonly string[]): Promise<Map<string, DeliveryState[]>> {
    return this.deliveries.statesOf(exportIds);
  }

  private async toBucket({ destination }: ScheduleDeliveryWish, field: string): Promise<PlannedDelivery> {
    if (!destination) throw refusal(field, 'must be given: s3://bucket/prefix/');
    return { channel: 's3', on: ['completed'], target: await this.buckets.plan(destination, field) };
  }

  private async toWebhook(
    { webhook }: ScheduleDeliveryWish,
    field: string,
  ): Promise<{ readonly delivery: PlannedDelivery; readonly secret: string | null }> {
    if (!webhook) throw refusal(field, 'must be given: the address to call');
    const { target, secret } = await this.webhooks.plan(webhook, field);
    return { delivery: { channel: 'webhook', on: BOTH, target }, secret: webhook.secret === undefined ? secret : null };
  }
}
