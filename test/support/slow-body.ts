import { connect, type Socket } from 'node:net';
import { until } from './until';

/** A request whose body arrives only as far as a test sends it. */
export class SlowBody {
  #answer = '';
  isClosed = false;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => (this.#answer += bytes.toString('latin1')));
    socket.on('close', () => (this.isClosed = true));
    // A service that refuses the rest may reset the connection.
    socket.on('error', () => undefined);
  }

  /** Sends the head of a request, and the first bytes of its body. */
  static begin(url: string, path: string, headers: Record<string, string>, start: string | Buffer): SlowBody {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const lines = Object.entries({ host: 'service', 'content-type': 'application/json', ...headers });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    socket.write(`POST ${path} HTTP/1.1\r\n${head}\r\n`);
    socket.write(start);
    return new SlowBody(socket);
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Whether everything that was sent has left this process. */
  get isSent(): boolean {
    return this.socket.writableLength === 0;
  }

  /** The status of the response; `null` while there is none. */
  get status(): number | null {
    return this.#answer === '' ? null : Number(this.#answer.slice('HTTP/1.1 '.length).slice(0, 3));
  }

  /** The response as it came over the wire, once it has begun. */
  async response(): Promise<string> {
    await until('the response has come', () => this.#answer.includes('\r\n\r\n'));
    return this.#answer;
  }

  leave(): void {
    this.socket.destroy();
  }
}
