import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Client } from './client';

/** A response whose client decides how much it reads and when it disconnects. */
export class OpenResponse {
  /** How many bytes were read. */
  size = 0;
  /** `whole`, or why it was aborted. */
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

  /** Sends a POST request, and waits for the head of the response only. */
  static async toPost(person: Client, path: string, body: object): Promise<OpenResponse> {
    const sent = request(new URL(path, person.url), {
      method: 'POST',
      agent: false,
      headers: { ...person.credentials, 'content-type': 'application/json' },
    });
    sent.end(JSON.stringify(body));
    const [message] = (await once(sent, 'response')) as [IncomingMessage];
    return new OpenResponse(message);
  }

  get status(): number {
    return this.message.statusCode!;
  }

  get exportId(): string {
    return this.message.headers.location!.split('/').at(-2)!;
  }

  /** Reads everything that arrives. */
  read(): void {
    this.message.resume().on('data', (chunk: Buffer) => {
      this.size += chunk.length;
    });
  }

  /** Reads no more, so that the buffers on the way fill up. */
  stopReading(): void {
    this.message.pause();
  }

  disconnect(): void {
    this.message.destroy();
  }
}
