import { emailDescriptor } from '../../src/delivery/channels/email/email.descriptor';
import type { AddressBook } from '../../src/delivery/channels/email/address-book';
import { MailPlanner } from '../../src/delivery/channels/email/mail-planner';
import { EmailChannel } from '../../src/delivery/channels/email/email.channel';
import { type BucketInput, s3Descriptor } from '../../src/delivery/channels/s3/s3.descriptor';
import { type WebhookBody, webhookDescriptor } from '../../src/delivery/channels/webhook/webhook.descriptor';
import type { ChannelDescriptor, DeliveryTarget } from '../../src/delivery/model/domain/channel-descriptor';
import type { ClaimedMessage, DeliveryReceipt } from '../../src/delivery/model/domain/claimed-message';
import { type StepObserver, TestStepError } from '../../src/delivery/model/domain/destination-test';
import {
  DeliveryChannel,
  type DestinationTest,
  type PlanContext,
  type PlannedTarget,
  type TestSubject,
} from '../../src/delivery/model/domain/interfaces/delivery-channel';
import type { TransferProgress } from '../../src/delivery/model/domain/transfer-progress';
import type { Config } from '../../src/platform/config/config';
import { DomainError } from '../../src/platform/errors/domain-error';

/* eslint-disable @typescript-eslint/require-await -- a refusal rejects, as everywhere */

export const FAKE_DESCRIPTORS = [emailDescriptor, webhookDescriptor, s3Descriptor];

type Deliver = (
  message: ClaimedMessage,
  signal: AbortSignal,
  progress: TransferProgress,
) => Promise<DeliveryReceipt | object>;

/** A channel that delivers, and is tested, as a test scripts it. */
export class ScriptedChannel extends DeliveryChannel {
  isHostAllowed = false;
  testScript: (steps: StepObserver, signal: AbortSignal, subject: TestSubject) => Promise<void> = () =>
    Promise.resolve();

  constructor(
    override readonly descriptor: ChannelDescriptor,
    private readonly script: Deliver = () => Promise.resolve({}),
  ) {
    super();
  }

  override async plan(): Promise<PlannedTarget> {
    return { target: {} };
  }

  override async prepareTest(subject: TestSubject): Promise<DestinationTest> {
    return {
      target: 'stored' in subject ? subject.stored : (subject.input as DeliveryTarget),
      isHostAllowed: this.isHostAllowed,
      steps: ['resolve', 'connect', 'send'],
      explain: (error) => new TestStepError('connection-failed', (error as Error).message),
      run: (steps, signal) => this.testScript(steps, signal, subject),
    };
  }

  override async deliver(...attempt: Parameters<Deliver>): Promise<DeliveryReceipt> {
    return (await this.script(...attempt)) as DeliveryReceipt;
  }
}

/** Plans webhooks at any HTTPS address. Their secrets are not encrypted. */
export class FakeWebhookChannel extends ScriptedChannel {
  constructor() {
    super(webhookDescriptor);
  }

  override async plan(input?: unknown, context?: PlanContext): Promise<PlannedTarget> {
    const { url, secret } = input as WebhookBody;
    if (!url.startsWith('https://')) {
      throw DomainError.invalidRequest({ field: `${context?.field}.url`, message: 'must use HTTPS' });
    }
    return { target: { url, secret: secret ?? 'made' }, ...(secret === undefined && { secret: 'made' }) };
  }
}

/** Plans copies into buckets that can be reached. */
export class FakeBucketChannel extends ScriptedChannel {
  private readonly lost = new Set<string>();

  constructor() {
    super(s3Descriptor);
  }

  override async plan(input?: unknown, context?: PlanContext): Promise<PlannedTarget> {
    const target = { ...(input as BucketInput), isOperator: context?.isOperator };
    await this.probe(target, context?.field ?? '');
    return { target };
  }

  override async probe({ uri }: DeliveryTarget, field: string): Promise<void> {
    if (this.lost.has(String(uri))) {
      throw DomainError.invalidRequest({ field, message: 'The bucket cannot be reached' });
    }
  }

  /** Makes a bucket unreachable. */
  lose(uri: string): void {
    this.lost.add(uri);
  }
}

/** Plans mail, and sends none. */
export function createPlanningEmailChannel(book: AddressBook, config: Config): EmailChannel {
  return new EmailChannel(null as never, new MailPlanner(book, config), null as never, config);
}
