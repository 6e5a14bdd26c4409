import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { NodemailerError } from 'nodemailer';
import { orAborted } from '../../../platform/async';
import { Config } from '../../../platform/config/config';

/** A mail to one receiver, as text and HTML. */
export interface Mail {
  /** Identifies a repeat. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The response of a server that accepted a message. */
export interface MailReceipt {
  readonly messageId: string;
  readonly response: string;
}

/** The server rejected this message or its receiver permanently. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
}

/** One for each concurrent delivery by mail, so that none waits for another. */
const CONNECTIONS = 8;
const CONNECT_TIMEOUT_MS = 10_000;

/** The ports that nodemailer uses by default. */
const SUBMISSION_PORT = 587;
const SECURE_PORT = 465;

const NO_SERVER = 'No mail can be sent: SMTP_URL is not set';

/** A rejection of these commands is about the receiver or the message; of others, about this service. */
const MESSAGE_COMMANDS = ['RCPT TO', 'DATA'];

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

  /** Connects in processes that deliver, so that wrong settings show at the start. Others do not load the mail library. */
  async onModuleInit(): Promise<void> {
    if (this.settings && this.runsJobs) await (this.transport = connect(this.settings));
  }

  /** The address of the server; `null` if none is configured. */
  get server(): { readonly host: string; readonly port: number } | null {
    if (!this.settings) return null;
    const { protocol, hostname: host, port } = new URL(this.settings.smtpUrl);
    return { host, port: port === '' ? (protocol === 'smtps:' ? SECURE_PORT : SUBMISSION_PORT) : Number(port) };
  }

  /** Logs in on a new connection. @throws an error without details about the server */
  async verify(signal: AbortSignal): Promise<void> {
    if (!this.settings) throw new Error(NO_SERVER);
    const transport = await (this.transport ??= connect(this.settings));
    try {
      await orAborted(transport.verify(), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw this.toReportedError(error);
    }
  }

  /**
   * Sends a message to the server.
   * @param signal aborts the attempt and closes the connection
   * @throws MailRefusedError; other errors may be transient
   */
  async send({ id, to, subject, text, html }: Mail, signal: AbortSignal): Promise<MailReceipt> {
    if (!this.settings) throw new Error(NO_SERVER);
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
      throw this.toReportedError(error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    (await this.transport)?.close({ force: true });
  }

  /** The error without details about the mail server and its credentials, which users must not see. */
  private toReportedError(error: unknown): Error {
    const { message, responseCode, command, permanent } = error as NodemailerError;
    const isMessageRefused = responseCode !== undefined && MESSAGE_COMMANDS.includes(command ?? '');
    if (isMessageRefused)
      return permanent ? new MailRefusedError(message, { cause: error }) : new Error(message, { cause: error });
    this.logger.warn('The mail server cannot be used', { event: 'mail.server_failed', reason: message });
    return new Error('The mail server could not be reached, or did not accept mail', { cause: error });
  }
}

async function connect({ smtpUrl, timeoutSeconds }: NonNullable<Config['mail']>) {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    pool: true,
    url: smtpUrl,
    maxConnections: CONNECTIONS,
    // The delivery retries, because it counts the attempts.
    maxRequeues: 0,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: timeoutSeconds * 1000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
