import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { isInstalled } from './describe-where';
import { freePort } from './service';
import { until } from './until';

/** Whether this machine has a Redis server to start. */
export const hasRedisServer = isInstalled('redis-server');

/** A Redis of one's own, which a test may stop, start again, and empty. */
export class RedisServer {
  #process: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, unless it runs. */
  async start(): Promise<void> {
    if (this.#isRunning) return;
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.#process = spawn('redis-server', settings, { stdio: 'ignore' });
    await until('Redis answers', () => this.#ask((redis) => redis.ping()).then(Boolean, () => false));
  }

  /** Lets it answer nothing any more, and keep its connections. */
  pause(): Promise<void> {
    this.#process?.kill('SIGSTOP');
    return Promise.resolve();
  }

  /** Ends it without a word, and with everything it held. */
  async stop(): Promise<void> {
    if (!this.#process || !this.#isRunning) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  get #isRunning(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async flush(): Promise<void> {
    await this.#ask((redis) => redis.flushall());
  }

  async #ask<Result>(question: (redis: Redis) => Promise<Result>): Promise<Result> {
    const redis = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }
}
