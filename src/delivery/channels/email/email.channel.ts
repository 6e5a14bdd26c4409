import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Export, ExportsForDelivery } from '../../../export';
import { errorMessage } from '../../../platform/async';
import { Config } from '../../../platform/config/config';
import { refuseDestination } from '../../infrastructure/destination-refusal';
import { explainAddress, testConnection } from '../../infrastructure/outbound/connection-test';
import { TestStepError } from '../../model/domain/destination-test';
import { Mailer, MailRefusedError } from './mailer';
import { isCustomer, type Person } from '../../../platform/auth/principal';
import type { Language } from '../../model/domain/language';
import {
  type ChannelRegistration,
  DeliveryChannel,
  DeliveryRefusedError,
  type DestinationTest,
  type PlanContext,
  type PlannedTarget,
  type TestSubject,
} from '../../model/domain/interfaces/delivery-channel';
import type { DeliveryTarget } from '../../model/domain/channel-descriptor';
import { AddressBook } from './address-book';
import { PrismaAddressBook } from './address-book.prisma';
import { emailDescriptor } from './email.descriptor';
import { MailPlanner, type MailTarget, parseMailTarget } from './mail-planner';
import type { ClaimedMessage, DeliveryReceipt } from '../../model/domain/claimed-message';
import { type MailFacts, toSubject, renderMail } from './mail-template';

/** Notifies people by mail. */
@Injectable()
export class EmailChannel extends DeliveryChannel {
  override readonly descriptor = emailDescriptor;

  constructor(
    private readonly mailer: Mailer,
    private readonly planner: MailPlanner,
    private readonly exports: ExportsForDelivery,
    private readonly config: Config,
  ) {
    super();
  }

  override async plan(input: unknown, { principal, language, field }: PlanContext): Promise<PlannedTarget> {
    const target = await this.planner.target(principal, input as true | string, language, field);
    return { target: { ...target } };
  }

  override async planDefault(person: Person, language?: Language): Promise<DeliveryTarget | null> {
    const target = await this.planner.ownTarget(person, language);
    return target && { ...target };
  }

  override async planForAdministrators(person: Person): Promise<DeliveryTarget[]> {
    return (await this.planner.administratorTargets(person)).map((target) => ({ ...target }));
  }

  override async prepareTest(
    subject: TestSubject,
    { principal, language, field }: PlanContext,
  ): Promise<DestinationTest> {
    const target =
      'stored' in subject
        ? parseMailTarget(subject.stored)
        : await this.planner.target(principal, subject.input as true | string, language, field);
    const server = this.mailer.server;
    if (!target || !server) throw refuseDestination(field, 'Mail cannot be sent, or the stored address is not valid');
    const own = isCustomer(principal) ? null : await this.planner.ownTarget(principal);
    const isOwn = own?.to.toLowerCase() === target.to.toLowerCase();
    return {
      target: { ...target },
      // The mail server is the operator's own.
      isHostAllowed: false,
      steps: ['resolve', 'connect', 'authenticate', 'send'],
      explain: (error) =>
        explainAddress(error) ??
        new TestStepError(
          error instanceof MailRefusedError ? 'mail-refused' : 'mail-server-failed',
          errorMessage(error),
        ),
      run: async (steps, signal) => {
        // The handshake of TLS comes after the server's greeting, as a part of the login.
        await testConnection({ ...server, isTls: false }, steps, signal);
        await steps.run('authenticate', () => this.mailer.verify(signal));
        if (isOwn) await steps.run('send', () => this.sendTest(target, signal));
        else steps.skip('send', 'own-address-only');
      },
    };
  }

  override async deliver(message: ClaimedMessage, signal: AbortSignal): Promise<DeliveryReceipt> {
    const target = parseMailTarget(message.target);
    if (!target) throw new DeliveryRefusedError('The target of the delivery has no address');
    const mail = renderMail(await this.factsOf(message), target.language);
    try {
      const { messageId, response } = await this.mailer.send({ id: message.id, to: target.to, ...mail }, signal);
      return { message_id: messageId, response };
    } catch (error) {
      throw error instanceof MailRefusedError ? new DeliveryRefusedError(error.message) : error;
    }
  }

  private async sendTest({ to, language }: MailTarget, signal: AbortSignal): Promise<void> {
    await this.mailer.send({ id: randomUUID(), to, ...renderMail({ event: 'test' }, language) }, signal);
  }

  private async factsOf(message: ClaimedMessage): Promise<MailFacts> {
    if (message.event === 'schedule.paused') return this.pausedFacts(message);
    const source = message.exportId === null ? null : await this.exports.find(message.exportId);
    if (!source) throw new DeliveryRefusedError('The export no longer exists');
    if (message.event === 'export.completed') return this.completedFacts(source);
    if (message.event === 'export.failed') return this.failedFacts(source);
    throw new DeliveryRefusedError(`There is no mail for ${message.event}`);
  }

  private completedFacts(source: Export): MailFacts {
    const { kind, fileName, fileSize, recordCount, pageCount, warnings, oneTime, expiresAt: until } = source;
    const link = this.exports.lastingLinkTo(source);
    if (link === null || fileName === null || fileSize === null) {
      throw new DeliveryRefusedError('The file was deleted before the mail was sent');
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
      name: toText(name),
      reason: toText(reason),
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

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export const emailRegistration: ChannelRegistration = {
  descriptor: emailDescriptor,
  implementation: EmailChannel,
  providers: [Mailer, MailPlanner, { provide: AddressBook, useClass: PrismaAddressBook }],
};
