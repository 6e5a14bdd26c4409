import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { V8_OPTIONS } from '../runner/v8-options.cjs';
import { until } from './until';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The fields of a log line that tests read. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly request_id?: string;
  readonly export_id?: string;
  readonly [field: string]: unknown;
}

const projectRoot = join(__dirname, '../..');
/** Makes the next start of the same program cheaper. */
export const COMPILED_CODE = join(__dirname, 'compiled-code.cjs');
/** How V8 and native libraries end a process. */
const CRASHES: ReadonlySet<NodeJS.Signals> = new Set(['SIGABRT', 'SIGBUS', 'SIGILL', 'SIGSEGV', 'SIGTRAP']);
const READY_WITHIN_MS = 40_000;
const STOPS_WITHIN_MS = 40_000;

/** The built service as a process of its own, such as `npm start` runs it. */
export class Service {
  /** What the process wrote, line by line. */
  readonly output: string[] = [];
  readonly #ended: Promise<unknown>;

  private constructor(
    readonly url: string,
    /** Where it serves its health and its metrics. */
    readonly managementUrl: string,
    private readonly child: ChildProcess,
  ) {
    this.#ended = once(child, 'exit');
    child.once('exit', (_code, signal) => {
      this.#reportCrash(signal);
    });
    for (const stream of [child.stdout!, child.stderr!])
      createInterface({ input: stream }).on('line', (line) => this.output.push(line));
  }

  /**
   * Starts a process and does not wait for more than its start.
   * @param build the checkout whose `dist` runs: this one, unless another release is to be run
   */
  static async launch(environment: Environment, build = projectRoot): Promise<Service> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    // The bundle of an earlier release imports modules dynamically, which compiled code that was kept cannot.
    const preload = build === projectRoot ? ['--require', COMPILED_CODE] : [];
    const child = spawn(process.execPath, [...V8_OPTIONS, ...preload, join(build, 'dist/main.js')], {
      cwd: build,
      env: { PATH: process.env['PATH'], NODE_ENV: 'test', PORT: String(port), PUBLIC_URL: url, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Service(url, managementUrlOf(environment) ?? url, child);
  }

  /** Starts a process that is ready to work. */
  static async start(environment: Environment, build = projectRoot): Promise<Service> {
    for (let attempt = 1; ; attempt += 1) {
      const service = await Service.launch(environment, build);
      try {
        await service.ready();
        return service;
      } catch (error) {
        await service.kill('SIGKILL');
        // Somebody else may have taken the port between the look and the start.
        if (attempt === 3 || !service.output.some((line) => line.includes('EADDRINUSE'))) throw error;
      }
    }
  }

  /** Waits until the process can do its work. */
  async ready(): Promise<void> {
    await waitUntilReady(this, () => {
      if (!this.isRunning) throw new Error('The service ended');
    });
  }

  get processId(): number {
    return this.child.pid!;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get exitCode(): number | null {
    return this.child.exitCode;
  }

  /** The lines of the log; what is no JSON is left out. */
  get log(): LogLine[] {
    return parseLog(this.output);
  }

  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** Sends a signal that ends the process, and waits for the end. */
  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.isRunning) return;
    this.child.kill(signal);
    // A process that was stopped hears nothing else.
    this.child.kill('SIGCONT');
    const end = setTimeout(() => this.child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await this.#ended;
    clearTimeout(end);
  }

  /** A test sees no more of a crash than a connection that is closed. */
  #reportCrash(signal: NodeJS.Signals | null): void {
    if (signal === null || !CRASHES.has(signal)) return;
    console.error(`A process of the service ended by ${signal}; it wrote:\n${this.output.slice(-40).join('\n')}`);
  }

  /** Waits for an end that comes by itself. */
  async end(): Promise<void> {
    if (this.isRunning) await this.#ended;
  }
}

/** Where health and metrics are served by an application with this environment, if not where the API is. */
export function managementUrlOf({ MANAGEMENT_PORT: port }: Environment): string | undefined {
  return port === undefined ? undefined : `http://127.0.0.1:${port}`;
}

/** The lines of a log; what is no JSON is left out. */
export function parseLog(output: readonly string[]): LogLine[] {
  return output.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
}

/**
 * Waits until the service can work.
 * @param check throws when it never will
 */
export async function waitUntilReady(
  { managementUrl, output }: { readonly managementUrl: string; readonly output: readonly string[] },
  check: () => void = () => undefined,
): Promise<void> {
  const ready = until(
    'the service is ready',
    () => {
      check();
      return isReady(managementUrl);
    },
    { within: READY_WITHIN_MS, every: 50 },
  );
  await ready.catch((error: unknown) => {
    throw new Error(`${String(error)}; it wrote:\n${output.slice(-20).join('\n')}`);
  });
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}
