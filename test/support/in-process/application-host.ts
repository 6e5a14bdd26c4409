import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import type { LoggerService, LogLevel } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type TestAgent from 'supertest/lib/agent';
import { type Environment, freePort } from '../service';

/** One application that runs in the process of the tests. */
export interface HostedApplication {
  readonly url: string;
  /** Supertest on the application's own server. */
  readonly agent: TestAgent;
  close(): Promise<void>;
}

type OnLine = (line: string) => void;

const dist = join(__dirname, '../../../dist');
const LISTEN_ATTEMPTS = 3;

/**
 * Which application a piece of work belongs to: Nest has one logger for all applications of a process. Whatever an
 * application starts (timers, connections, jobs) inherits it.
 */
const loggers = new AsyncLocalStorage<LoggerService>();
let latestLogger: LoggerService | undefined;

/**
 * Builds the application from `dist` and listens on a free port of the loopback interface. This file runs outside
 * the sandbox of jest, where a module is loaded once per worker and not once per test file.
 * @param onLine receives each line that the application logs
 */
export async function startApplication(environment: Environment, onLine: OnLine): Promise<HostedApplication> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(environment, onLine);
    } catch (error) {
      // Another process may have taken the port between the check and the start.
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!isTaken || attempt === LISTEN_ATTEMPTS) throw error;
    }
  }
}

async function startOnce(environment: Environment, onLine: OnLine): Promise<HostedApplication> {
  const { AppModule, Config, JsonLogger, configureHttp, serveOpenApi, Test, supertest } = await loadOnce();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = Config.from({ PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: url, ...environment });

  /** Logs as the service does, but to the test. */
  class CapturingLogger extends JsonLogger {
    protected override printAsJson(...[message, options]: Parameters<InstanceType<typeof JsonLogger>['printAsJson']>) {
      onLine(this.stringifyJsonLogObject(this.getJsonLogObject(message, options)));
    }
  }
  const logger = new CapturingLogger(config.logLevel);
  latestLogger = logger;

  return loggers.run(logger, async () => {
    const testing = Test.createTestingModule({ imports: [AppModule] });
    const compiled = await testing.overrideProvider(Config).useValue(config).setLogger(routingLogger).compile();
    const app = compiled.createNestApplication<NestExpressApplication>({
      bodyParser: false,
      forceCloseConnections: true,
    });
    configureHttp(app, config);
    serveOpenApi(app);
    try {
      await app.listen(port, '127.0.0.1');
    } catch (error) {
      await app.close();
      throw error;
    }
    return { url, agent: supertest(app.getHttpServer()), close: () => closeApplication(app) };
  });
}

async function closeApplication(app: NestExpressApplication): Promise<void> {
  const { Metrics } = await loadOnce();
  const { registry } = app.get(Metrics);
  await app.close();
  // What observes the process for the registry never ends: without this, it would keep the whole application in memory.
  registry.clear();
}

/** Gives each line to the logger of the application that says it. */
const routingLogger = Object.fromEntries(
  (['fatal', 'error', 'warn', 'log', 'debug', 'verbose'] satisfies LogLevel[]).map((level) => [
    level,
    (message: unknown, ...rest: unknown[]): void => {
      (loggers.getStore() ?? latestLogger)?.[level]?.(message, ...rest);
    },
  ]),
) as unknown as LoggerService;

type Loaded = Awaited<ReturnType<typeof load>>;
let loaded: Promise<Loaded> | undefined;

function loadOnce(): Promise<Loaded> {
  loaded ??= load();
  return loaded;
}

/** Loads what takes seconds only when the first application starts: many test files need none. */
async function load() {
  const { AppModule } = (await import(join(dist, 'app.module.js'))) as typeof import('../../../src/app.module');
  const { Config } = (await import(
    join(dist, 'platform/config/config.js')
  )) as typeof import('../../../src/platform/config/config');
  const { configureHttp } = (await import(
    join(dist, 'platform/http/http-application.js')
  )) as typeof import('../../../src/platform/http/http-application');
  const { serveOpenApi } = (await import(
    join(dist, 'platform/http/open-api.js')
  )) as typeof import('../../../src/platform/http/open-api');
  const { JsonLogger } = (await import(
    join(dist, 'platform/observability/json-logger.js')
  )) as typeof import('../../../src/platform/observability/json-logger');
  const { Metrics } = (await import(
    join(dist, 'platform/observability/metrics.js')
  )) as typeof import('../../../src/platform/observability/metrics');
  const { Test } = await import('@nestjs/testing');
  const { default: supertest } = await import('supertest');
  return { AppModule, Config, configureHttp, serveOpenApi, JsonLogger, Metrics, Test, supertest };
}
