import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Client } from './client';

/** An answer that its reader holds in hand: it takes as much of it as it likes, and leaves when it likes. */
export class OpenAnswer {
  /** What has been taken of it. */
  size = 0;
  /** `whole`, or why it broke off. */
  readonly end: Promise<string>;

  private constructor(private readonly message: IncomingMessage) {
    this.end = new Promise((settle) => {
      message.once('end', () => {
        settle('whole');
      });
      message.once('error', (error) => {
        settle(error.message);
      });
    });
  }

  /** Asks for rows and waits for no more than the head of the answer. */
  static async toPost(person: Client, path: string, body: object): Promise<OpenAnswer> {
    const asked = request(new URL(path, person.url), {
      method: 'POST',
      agent: false,
      headers: { ...person.credentials, 'content-type': 'application/json' },
    });
    asked.end(JSON.stringify(body));
    const [message] = (await once(asked, 'response')) as [IncomingMessage];
    return new OpenAnswer(message);
  }

  get status(): number {
    return this.message.statusCode!;
  }

  get exportId(): string {
    return this.message.headers.location!.split('/').at(-2)!;
  }

  /** Takes whatever comes. */
  read(): void {
    this.message.resume().on('data', (chunk: Buffer) => {
      this.size += chunk.length;
    });
  }

  /** Takes nothing more; what comes fills the buffers on the way. */
  stopReading(): void {
    this.message.pause();
  }

  leave(): void {
    this.message.destroy();
  }
}
