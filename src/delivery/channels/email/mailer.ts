import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { NodemailerError } from 'nodemailer';
import { Config } from '../../../platform/config/config';

/** A message in both its forms, to one receiver. */
export interface Mail {
  /** What a repeat of it is known by. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What the server said when it took a message. */
export interface MailReceipt {
  readonly messageId: string;
  readonly response: string;
}

/** The server said that it will never take this message for this receiver. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
}

/** As many as deliveries by mail that a process works on at once: none of them waits for another. */
const CONNECTIONS = 8;
const CONNECT_MS = 10_000;

/** Refusals of these say something of the receiver or the message; others, of us. */
const OF_THE_MESSAGE = ['RCPT TO', 'DATA'];

/** Sends mail by SMTP. */
@Injectable()
export class Mailer implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Mailer.name);
  private readonly settings;
  private readonly runsJobs;
  private transport: ReturnType<typeof connect> | undefined;

  constructor({ mail, runsJobs }: Config) {
    this.settings = mail;
    this.runsJobs = runsJobs;
  }

  /** Connects in a process that delivers, so that wrong settings show at its start; others load no mail library. */
  async onModuleInit(): Promise<void> {
    if (this.settings && this.runsJobs) await (this.transport = connect(this.settings));
  }

  /**
   * Hands a message to the server.
   * @param signal ends the attempt, and with it the connection
   * @throws MailRefusedError; whatever else is thrown may go better later
   */
  async send({ id, to, subject, text, html }: Mail, signal: AbortSignal): Promise<MailReceipt> {
    if (!this.settings) throw new Error('No mail can be sent: SMTP_URL is not set');
    const { from } = this.settings;
    const [, host = 'localhost'] = from.address.split('@');
    const transport = await (this.transport ??= connect(this.settings));
    try {
      const { messageId, response } = await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        html,
        signal,
        messageId: `<${id}@${host}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Entity-Ref-ID': id },
      });
      return { messageId, response };
    } catch (error) {
      throw this.shown(error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    (await this.transport)?.close({ force: true });
  }

  /** What may be told of it: where our server is, and how it knows us, is nobody's business. */
  private shown(error: unknown): Error {
    const { message, responseCode, command, permanent } = error as NodemailerError;
    const isOfTheMessage = responseCode !== undefined && OF_THE_MESSAGE.includes(command ?? '');
    if (isOfTheMessage)
      return permanent ? new MailRefusedError(message, { cause: error }) : new Error(message, { cause: error });
    this.logger.warn('Mail cannot be handed in', { reason: message });
    return new Error('The mail server could not be reached, or did not take mail', { cause: error });
  }
}

async function connect({ smtpUrl, timeoutSeconds }: NonNullable<Config['mail']>) {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    pool: true,
    url: smtpUrl,
    maxConnections: CONNECTIONS,
    // A message is tried again by whoever sent it, who knows how often that has been.
    maxRequeues: 0,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: timeoutSeconds * 1000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
