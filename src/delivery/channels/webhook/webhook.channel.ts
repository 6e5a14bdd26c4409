import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ExportPresenter, ExportsForDelivery } from '../../../export';
import type { DomainError } from '../../../platform/errors/domain-error';
import { encryptFor, refuseDestination } from '../../infrastructure/destination-refusal';
import { explainAddress, testConnection } from '../../infrastructure/outbound/connection-test';
import { OutboundAddresses, OutboundRefusedError } from '../../infrastructure/outbound/outbound-addresses';
import { type OutboundResponse, OutboundHttp, type OutboundPost } from '../../infrastructure/outbound/outbound-http';
import { SecretCipher } from '../../infrastructure/secret-cipher';
import {
  type ChannelRegistration,
  DeliveryChannel,
  DeliveryRefusedError,
  type DestinationTest,
  type PlanContext,
  type PlannedTarget,
  type TestSubject,
} from '../../model/domain/interfaces/delivery-channel';
import type { ClaimedMessage, DeliveryReceipt } from '../../model/domain/claimed-message';
import type { DeliveryTarget } from '../../model/domain/channel-descriptor';
import { type StepObserver, TestStepError } from '../../model/domain/destination-test';
import { failureDetailOf, toFailureReason, ReceiverUnreachableError } from '../../model/domain/failure-reason';
import {
  decodeWebhookSecret,
  generateWebhookSecret,
  webhookSignature,
  parseWebhookTarget,
  type WebhookTarget,
  webhookSecretPurpose,
} from './webhook-secret';
import { type WebhookBody, webhookDescriptor } from './webhook.descriptor';

const TIMEOUT_MS = 15_000;
const GONE = 410;

/** The message of a test. Receivers ignore it. */
const TEST_EVENT = 'export.test';
const SECURE_STEPS = ['resolve', 'connect', 'tls', 'send'] as const;

interface TestedWebhook {
  readonly url: URL;
  /** @throws DecryptionError */
  readonly secret: () => Buffer;
}

/** Notifies programs as Standard Webhooks (https://www.standardwebhooks.com) specify. */
@Injectable()
export class WebhookChannel extends DeliveryChannel {
  override readonly descriptor = webhookDescriptor;

  constructor(
    private readonly http: OutboundHttp,
    private readonly addresses: OutboundAddresses,
    private readonly cipher: SecretCipher,
    private readonly exports: ExportsForDelivery,
    private readonly presenter: ExportPresenter,
  ) {
    super();
  }

  override async plan(input: unknown, { field }: PlanContext): Promise<PlannedTarget> {
    const { url, secret: chosen } = input as WebhookBody;
    const secret = chosen ?? generateWebhookSecret();
    if (!decodeWebhookSecret(secret)) throw refuseSecret(field);
    const address = { url: await this.checkUrl(url, field) };
    const target: WebhookTarget = {
      ...address,
      secret: encryptFor(field, () => this.cipher.encrypt(secret, webhookSecretPurpose(address))),
    };
    return { target: { ...target }, ...(chosen === undefined && { secret }) };
  }

  override prepareTest(subject: TestSubject, { field }: PlanContext): Promise<DestinationTest> {
    const { url, secret } =
      'stored' in subject ? this.storedWebhook(subject.stored, field) : this.givenWebhook(subject.input, field);
    const isTls = url.protocol === 'https:';
    const endpoint = {
      host: url.hostname,
      port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
      isTls,
      check: () => this.addresses.check(url.href),
      lookup: this.addresses.lookupFor(url),
    };
    return Promise.resolve({
      target: { url: url.href },
      isHostAllowed: this.addresses.isAllowed(url),
      steps: isTls ? SECURE_STEPS : SECURE_STEPS.filter((name) => name !== 'tls'),
      explain: (error) =>
        explainAddress(error) ??
        new TestStepError('connection-failed', failureDetailOf(error) ?? toFailureReason(error), { cause: error }),
      run: async (steps, signal) => {
        await testConnection(endpoint, steps, signal);
        await steps.run('send', () => this.sendTest(url.href, secret(), steps, signal));
      },
    });
  }

  override async deliver(message: ClaimedMessage, signal: AbortSignal): Promise<DeliveryReceipt> {
    const target = parseWebhookTarget(message.target);
    const secret = target && decodeWebhookSecret(this.cipher.decrypt(target.secret, webhookSecretPurpose(target)));
    if (!target || !secret) throw new DeliveryRefusedError('The delivery names no webhook');
    const body = await this.bodyOf(message);
    const headers = toHeaders(message.id, body, secret);
    return toReceipt(await this.post(target.url, { headers, body, timeoutMs: TIMEOUT_MS, signal }));
  }

  private givenWebhook(input: unknown, field: string): TestedWebhook {
    const { url, secret: chosen } = input as WebhookBody;
    // The receiver cannot verify a secret that nobody knows, but sees a message of the usual form.
    const secret = decodeWebhookSecret(chosen ?? generateWebhookSecret());
    if (!secret) throw refuseSecret(field);
    try {
      return { url: this.addresses.parse(url), secret: () => secret };
    } catch (error) {
      if (error instanceof OutboundRefusedError) throw refuseDestination(field, `The address ${error.message}`);
      throw error;
    }
  }

  private storedWebhook(stored: DeliveryTarget, field: string): TestedWebhook {
    const target = parseWebhookTarget(stored);
    if (!target) throw refuseDestination(field, 'The stored destination is no longer valid: give it again');
    const secret = () => {
      const text = this.cipher.decrypt(target.secret, webhookSecretPurpose(target));
      return decodeWebhookSecret(text) ?? Buffer.from(text);
    };
    return { url: new URL(target.url), secret };
  }

  private async sendTest(url: string, secret: Buffer, steps: StepObserver, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify({ type: TEST_EVENT, timestamp: new Date().toISOString(), data: {} });
    const headers = toHeaders(randomUUID(), body, secret);
    const { status } = await this.post(url, { headers, body, timeoutMs: TIMEOUT_MS, signal });
    steps.respond('send', status);
    if (status >= 200 && status < 300) return;
    const isRedirect = status >= 300 && status < 400;
    const message = `The receiver answered ${Math.floor(status / 100)}xx${isRedirect ? ', and redirects are not followed' : ''}`;
    throw new TestStepError('receiver-refused', message);
  }

  private async checkUrl(url: string, field: string): Promise<string> {
    try {
      return (await this.addresses.check(url)).href;
    } catch (error) {
      if (error instanceof OutboundRefusedError) throw refuseDestination(field, `The address ${error.message}`);
      throw error;
    }
  }

  private async post(url: string, post: OutboundPost): Promise<OutboundResponse> {
    try {
      return await this.http.post(url, post);
    } catch (error) {
      if (post.signal.aborted || error instanceof OutboundRefusedError) throw error;
      throw new ReceiverUnreachableError(toFailureReason(error), { cause: error });
    }
  }

  /** The same in every attempt, except for the link to the file, which is signed again. */
  private async bodyOf(message: ClaimedMessage): Promise<string> {
    const { event, createdAt } = message;
    return JSON.stringify({ type: event, timestamp: createdAt.toISOString(), data: await this.dataOf(message) });
  }

  private async dataOf({ event, exportId, facts }: ClaimedMessage): Promise<object> {
    if (exportId === null || !event.startsWith('export.')) return facts;
    const source = await this.exports.find(exportId);
    if (!source) throw new DeliveryRefusedError('The export no longer exists');
    return this.presenter.record(source);
  }
}

function refuseSecret(field: string): DomainError {
  return refuseDestination(field, 'The secret must be whsec_ followed by 24 to 64 bytes in base64');
}

function toHeaders(id: string, body: string, secret: Buffer): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'export-service',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': webhookSignature({ id, timestamp, body }, secret),
  };
}

function toReceipt({ status, excerpt }: OutboundResponse): DeliveryReceipt {
  if (status >= 200 && status < 300) return { status };
  const detail = excerpt === '' ? '' : `: ${excerpt}`;
  if (status === GONE)
    throw new DeliveryRefusedError(`The receiver does not want any more messages (410)${detail}`, 'gone');
  const isRedirect = status >= 300 && status < 400;
  throw new Error(`The receiver answered ${status}${isRedirect ? ', and redirects are not followed' : detail}`);
}

export const webhookRegistration: ChannelRegistration = {
  descriptor: webhookDescriptor,
  implementation: WebhookChannel,
  providers: [],
};
