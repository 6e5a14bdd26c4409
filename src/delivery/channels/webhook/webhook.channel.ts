import { Injectable } from '@nestjs/common';
import { ExportPresenter, ExportsForDelivery } from '../../../export';
import { OutboundRefusedError } from '../../infrastructure/outbound/outbound-addresses';
import { type OutboundAnswer, OutboundHttp, type OutboundPost } from '../../infrastructure/outbound/outbound-http';
import { SecretCipher } from '../../infrastructure/secret-cipher';
import { DeliveryChannel, DeliveryRefusedError } from '../../model/domain/interfaces/delivery-channel';
import type { ClaimedMessage, DeliveryReceipt } from '../../model/domain/claimed-message';
import { toFailureReason, ReceiverUnreachableError } from '../../model/domain/failure-reason';
import { decodeWebhookSecret, webhookSignature } from './webhook-secret';
import { parseWebhookTarget, webhookSecretPurpose } from '../../model/domain/webhook-target';

const TIMEOUT_MS = 15_000;
const GONE = 410;

/** Tells programs, as Standard Webhooks (https://www.standardwebhooks.com) say. */
@Injectable()
export class WebhookChannel extends DeliveryChannel {
  override readonly name = 'webhook';

  constructor(
    private readonly http: OutboundHttp,
    private readonly cipher: SecretCipher,
    private readonly exports: ExportsForDelivery,
    private readonly presenter: ExportPresenter,
  ) {
    super();
  }

  override async deliver(message: ClaimedMessage, signal: AbortSignal): Promise<DeliveryReceipt> {
    const target = parseWebhookTarget(message.target);
    const secret = target && decodeWebhookSecret(this.cipher.decrypt(target.secret, webhookSecretPurpose(target)));
    if (!target || !secret) throw new DeliveryRefusedError('The delivery names no webhook');
    const body = await this.bodyOf(message);
    const headers = headersOf(message.id, body, secret);
    return receiptOf(await this.post(target.url, { headers, body, timeoutMs: TIMEOUT_MS, signal }));
  }

  private async post(url: string, post: OutboundPost): Promise<OutboundAnswer> {
    try {
      return await this.http.post(url, post);
    } catch (error) {
      if (post.signal.aborted || error instanceof OutboundRefusedError) throw error;
      throw new ReceiverUnreachableError(toFailureReason(error), { cause: error });
    }
  }

  /** The same on every attempt, but for the link to the file, which is always fresh. */
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

function headersOf(id: string, body: string, secret: Buffer): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'export-service',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': webhookSignature({ id, timestamp, body }, secret),
  };
}

function receiptOf({ status, excerpt }: OutboundAnswer): DeliveryReceipt {
  if (status >= 200 && status < 300) return { status };
  const said = excerpt === '' ? '' : `: ${excerpt}`;
  if (status === GONE) throw new DeliveryRefusedError(`The receiver wants nothing more (410)${said}`, 'gone');
  const isRedirect = status >= 300 && status < 400;
  throw new Error(`The receiver answered ${status}${isRedirect ? ', and redirects are not followed' : said}`);
}
