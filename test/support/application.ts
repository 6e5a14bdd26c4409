import { toApiResponse, type Transport } from './client';
import type { HostedApplication, startApplication } from './in-process/application-host';
import { type Environment, type LogLine, managementUrlOf, parseLog, waitUntilReady } from './service';

declare global {
  /** Given by the environment of the end-to-end tests: in-process/environment.ts. */
  var startHostedApplication: typeof startApplication;
}

/**
 * The built service as a Nest application in the process of the tests, with HTTP, queue, workers and drawing threads.
 * It starts several times faster than a process: use it where a test needs nothing but the API.
 */
export class Application {
  #isClosed = false;

  private constructor(
    private readonly hosted: HostedApplication,
    /** Where it serves its health and its metrics. */
    readonly managementUrl: string,
    /** What the application logged, line by line. */
    readonly output: readonly string[],
  ) {}

  /** Starts an application that is ready to work. */
  static async start(environment: Environment): Promise<Application> {
    const output: string[] = [];
    const hosted = await startHostedApplication(environment, (line) => output.push(line));
    const application = new Application(hosted, managementUrlOf(environment) ?? hosted.url, output);
    await waitUntilReady(application);
    return application;
  }

  get url(): string {
    return this.hosted.url;
  }

  get log(): LogLine[] {
    return parseLog(this.output);
  }

  /** How a client reaches this application: by supertest. */
  readonly transport: Transport = async ({ method, url, headers, body }, timeoutMs) => {
    if (url.origin !== this.url) throw new Error(`${url.href} is not an address of the application at ${this.url}`);
    const verb = method.toLowerCase() as 'get';
    const request = this.hosted.agent[verb](url.pathname + url.search)
      .set(headers)
      .timeout(timeoutMs)
      .responseType('blob');
    // Bytes go out as they are, whatever their type says.
    if (body !== undefined)
      request.serialize(asIs as () => string).send(typeof body === 'string' ? body : Buffer.from(body));
    const response = await request;
    const bytes = Buffer.isBuffer(response.body) ? response.body : Buffer.alloc(0);
    return toApiResponse(response.status, new Headers(response.headers), bytes);
  };

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.hosted.close();
  }
}

function asIs(body: unknown): unknown {
  return body;
}
