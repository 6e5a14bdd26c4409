import { Injectable } from '@nestjs/common';
import { type Export, ExportsForDelivery } from '../../../export';
import { Config } from '../../../platform/config/config';
import { Mailer, MailRefusedError } from './mailer';
import { DeliveryChannel, DeliveryRefusedError } from '../../model/domain/interfaces/delivery-channel';
import { parseMailTarget } from '../../model/domain/mail-target';
import type { ClaimedMessage, DeliveryReceipt } from '../../model/domain/claimed-message';
import { type MailFacts, toSubject } from './mail-facts';
import { renderMail } from './mail-template';

/** Tells people by mail. */
@Injectable()
export class MailChannel extends DeliveryChannel {
  override readonly name = 'email';

  constructor(
    private readonly mailer: Mailer,
    private readonly exports: ExportsForDelivery,
    private readonly config: Config,
  ) {
    super();
  }

  override async deliver(message: ClaimedMessage, signal: AbortSignal): Promise<DeliveryReceipt> {
    const target = parseMailTarget(message.target);
    if (!target) throw new DeliveryRefusedError('The delivery names no address');
    const mail = renderMail(await this.factsOf(message), target.language);
    try {
      const { messageId, response } = await this.mailer.send({ id: message.id, to: target.to, ...mail }, signal);
      return { message_id: messageId, response };
    } catch (error) {
      throw error instanceof MailRefusedError ? new DeliveryRefusedError(error.message) : error;
    }
  }

  private async factsOf(message: ClaimedMessage): Promise<MailFacts> {
    if (message.event === 'schedule.paused') return this.pausedFacts(message);
    const source = message.exportId === null ? null : await this.exports.find(message.exportId);
    if (!source) throw new DeliveryRefusedError('The export no longer exists');
    if (message.event === 'export.completed') return this.completedFacts(source);
    if (message.event === 'export.failed') return this.failedFacts(source);
    throw new DeliveryRefusedError(`No mail tells of ${message.event}`);
  }

  private completedFacts(source: Export): MailFacts {
    const { kind, fileName, fileSize, recordCount, pageCount, warnings, oneTime, expiresAt: until } = source;
    const link = this.exports.lastingLinkTo(source);
    if (link === null || fileName === null || fileSize === null) {
      throw new DeliveryRefusedError('The file was gone before this could be told');
    }
    const amount =
      recordCount !== null
        ? ({ count: recordCount, unit: 'rows' } as const)
        : pageCount !== null
          ? ({ count: pageCount, unit: 'pages' } as const)
          : null;
    return {
      event: 'completed',
      subject: toSubject(kind),
      fileName,
      size: fileSize,
      amount,
      warnings: warnings.length,
      link: oneTime ? this.recordOf(source) : link,
      oneTime,
      until,
    };
  }

  private failedFacts(source: Export): MailFacts {
    const { kind, format, createdAt, error } = source;
    return {
      event: 'failed',
      subject: toSubject(kind),
      format,
      requestedAt: createdAt,
      reason: error ?? '',
      link: this.recordOf(source),
    };
  }

  private pausedFacts({ facts, scheduleId }: ClaimedMessage): MailFacts {
    const { name, reason, failures, code, owner } = facts;
    return {
      event: 'paused',
      name: renderText(name),
      reason: renderText(reason),
      failures: typeof failures === 'number' ? failures : 1,
      isRightEnded: code === 'administrator-right-ended',
      owner: typeof owner === 'string' ? owner : null,
      link: scheduleId === null ? null : `${this.config.http.publicUrl}/api/v1/exports/scheduled/${scheduleId}`,
    };
  }

  private recordOf({ id }: Export): string {
    return `${this.config.http.publicUrl}/api/v1/exports/${id}`;
  }
}

function renderText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
