import { Injectable } from '@nestjs/common';
import type { Person } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { ENDINGS, type Ending, type PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { DeliveryState } from '../domain/delivery-state';
import { BucketTargets, type BucketInput } from '../domain/interfaces/bucket-targets';
import { DeliveryRepository } from '../domain/interfaces/delivery.repository';
import { WebhookTargets, type WebhookInput } from '../domain/interfaces/webhook-targets';
import type { Language } from '../domain/language';
import { MailPlanner } from './mail-planner';

/** What becomes of the file of each run, beside staying in the list. */
export const DELIVERY_METHODS = ['download', 's3', 'email', 'webhook'] as const;
export type DeliveryMethod = (typeof DELIVERY_METHODS)[number];

/** Where the files of a schedule go, and who is told of its runs. */
export interface ScheduleDeliveryInput {
  readonly method: DeliveryMethod;
  /** `true` for the owner's own address. Where the method is `email`, `false` means that too. */
  readonly email: boolean | string;
  readonly language?: Language;
  /** Needed where the method is `s3`. */
  readonly destination?: BucketInput;
  /** Needed where the method is `webhook`. */
  readonly webhook?: WebhookInput;
}

/** What each run of a schedule delivers. */
export interface ScheduleDeliveries {
  readonly deliveries: readonly PlannedDelivery[];
  /** What a webhook's receiver checks signatures with: shown once, where it was made here. */
  readonly webhookSecret: string | null;
}

/** Under which name a refusal speaks of the bucket. */
const BUCKET_FIELD = 'destination';
const PAUSED: readonly Ending[] = ['failed'];

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
   * @throws DomainError invalid, naming the field of the schedule
   */
  async plan(caller: Person, wish: ScheduleDeliveryInput): Promise<ScheduleDeliveries> {
    const { method, language } = wish;
    const deliveries: PlannedDelivery[] = [];
    let webhookSecret: string | null = null;
    if (method === 's3') deliveries.push(await this.toBucket(wish));
    if (method === 'webhook') {
      const { delivery, secret } = await this.toWebhook(wish);
      deliveries.push(delivery);
      webhookSecret = secret;
    }
    const email = method === 'email' && wish.email === false ? true : wish.email;
    if (email !== false) {
      const target = await this.mail.target(caller, email, language, 'delivery_email');
      deliveries.push({ channel: 'email', on: ENDINGS, target: { ...target } });
    }
    return { deliveries, webhookSecret };
  }

  /** Tries again the destinations of what was planned before. @throws DomainError invalid */
  async probe(planned: readonly PlannedDelivery[]): Promise<void> {
    for (const { channel, target } of planned) {
      if (channel === 's3') await this.buckets.probe(target, BUCKET_FIELD);
    }
  }

  /**
   * How it is told that a schedule was paused: to whom its plan writes, else to its owner, where their address is known,
   * else to the webhook that is told of its runs.
   * @param language of the mail to the owner; theirs where it is left out
   * @returns `null` where there is nobody to tell
   */
  async noticeTo(
    owner: Person,
    deliveries: readonly PlannedDelivery[],
    language?: Language,
  ): Promise<PlannedDelivery | null> {
    const [mail, webhook] = (['email', 'webhook'] as const).map((name) =>
      deliveries.find(({ channel }) => channel === name),
    );
    if (mail) return { ...mail, on: PAUSED };
    const own = await this.mail.ownTarget(owner, language);
    if (own) return { channel: 'email', on: PAUSED, target: { ...own } };
    return webhook ? { ...webhook, on: PAUSED } : null;
  }

  /** How administrators are notified that the service paused a schedule of this owner. */
  async noticesToAdministrators(owner: Person): Promise<PlannedDelivery[]> {
    const targets = await this.mail.administratorTargets({ userId: owner.userId, tenantId: owner.tenantId });
    return targets.map((target) => ({ channel: 'email', on: PAUSED, target: { ...target } }));
  }

  /** How the deliveries of each of the exports stand. An export of which nothing is told is left out. */
  statesOf(exportIds: readonly string[]): Promise<Map<string, DeliveryState[]>> {
    return this.deliveries.statesOf(exportIds);
  }

  private async toBucket({ destination }: ScheduleDeliveryInput): Promise<PlannedDelivery> {
    const field = BUCKET_FIELD;
    if (!destination)
      throw DomainError.invalidRequest({ field, message: 'must be given: s3://bucket/prefix/', code: 'required' });
    return { channel: 's3', on: ['completed'], target: await this.buckets.plan(destination, field) };
  }

  private async toWebhook({
    webhook,
  }: ScheduleDeliveryInput): Promise<{ readonly delivery: PlannedDelivery; readonly secret: string | null }> {
    const field = 'webhook';
    if (!webhook)
      throw DomainError.invalidRequest({ field, message: 'must be given: the address to call', code: 'required' });
    const { target, secret } = await this.webhooks.plan(webhook, field);
    return {
      delivery: { channel: 'webhook', on: ENDINGS, target },
      secret: webhook.secret === undefined ? secret : null,
    };
  }
}
