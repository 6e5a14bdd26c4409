import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { PythonReader } from './python-reader';

/** How the server responds to one message: it accepts, rejects temporarily or permanently, or never responds. */
export type Behaviour =
  'accept' | 'reject temporarily' | 'reject permanently' | 'be silent' | 'accept and be silent' | 'hang up';

/** A message as it came in, read by Python. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How often each header is there. */
  readonly counts: Readonly<Record<string, number>>;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** Of the whole, such as `multipart/alternative`. */
  readonly type: string;
}

type ReadMail = Omit<ReceivedMail, 'from' | 'to' | 'raw'>;

const READ_MAIL = `
import email, email.policy
def read(data):
    message = email.message_from_bytes(data, policy=email.policy.default)
    headers = {name.lower(): str(value) for name, value in message.items()}
    counts = {}
    for name in message.keys(): counts[name.lower()] = counts.get(name.lower(), 0) + 1
    text = message.get_body(('plain',)).get_content()
    html = message.get_body(('html',)).get_content()
    return {'headers': headers, 'counts': counts, 'subject': str(message['subject']), 'text': text, 'html': html,
        'messageId': str(message['message-id']), 'type': message.get_content_type()}
`;

/** A mail server with a scripted behaviour for each message. It accepts all further messages. */
export class MailServer {
  /** What was accepted, also where the sender was not told. */
  readonly accepted: ReceivedMail[] = [];
  /** The Message-ID of every message that was begun. */
  readonly offered: string[] = [];
  #script: Behaviour[] = [];
  #server: SMTPServer | undefined;
  #port = 0;
  readonly #silent = new Set<() => void>();
  #reader: PythonReader<ReadMail> | undefined;

  static async start(): Promise<MailServer> {
    const server = new MailServer();
    await server.open();
    return server;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`;
  }

  /** What the next messages meet. */
  next(...script: readonly Behaviour[]): void {
    this.#script = [...script];
  }

  /** Forgets what came, and accepts everything again. */
  reset(): void {
    this.accepted.length = 0;
    this.offered.length = 0;
    this.next();
  }

  /** Listens again where it did before. */
  async open(): Promise<void> {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      closeTimeout: 100,
      onData: (stream, session, response) => {
        void this.#take(stream, session, response);
      },
    });
    server.on('error', () => undefined);
    this.#server = server;
    this.#reader = new PythonReader(READ_MAIL);
    const listening = once(server.listen(this.#port, '127.0.0.1'), 'listening');
    await listening;
    this.#port = (server.server.address() as AddressInfo).port;
  }

  /** Ends every connection and listens no longer. */
  async close(): Promise<void> {
    for (const release of this.#silent) release();
    this.#silent.clear();
    const server = this.#server;
    this.#server = undefined;
    this.#reader?.close();
    if (server)
      await new Promise<void>((closed) => {
        server.close(closed);
      });
  }

  async #take(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    response: (error?: Error | null) => void,
  ): Promise<void> {
    const raw = await buffer(stream).catch(() => null);
    // Its sender went away in the middle of it: there is no message.
    if (!raw) return;
    const behaviour = this.#script.shift() ?? 'accept';
    const mail = await this.#read(raw, session);
    this.offered.push(mail.messageId);
    if (behaviour === 'accept' || behaviour === 'accept and be silent') this.accepted.push(mail);
    switch (behaviour) {
      case 'accept':
        response();
        break;
      case 'reject temporarily':
        response(refusal(451, 'Try again later'));
        break;
      case 'reject permanently':
        response(refusal(550, 'No such person'));
        break;
      case 'hang up':
        for (const connection of this.#server?.connections ?? []) connection.close();
        break;
      case 'be silent':
      case 'accept and be silent':
        this.#silent.add(() => {
          response(refusal(421, 'Closing'));
        });
    }
  }

  async #read(raw: Buffer, { envelope }: SMTPServerSession): Promise<ReceivedMail> {
    if (!this.#reader) throw new Error('The server is closed');
    const mail = await this.#reader.read(raw);
    const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
    return { ...mail, from, to: envelope.rcptTo.map(({ address }) => address), raw: raw.toString('utf8') };
  }
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
