import * as nodeModule from 'node:module';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module';
import { Config } from './platform/config/config';
import { ConfigurationError } from './platform/config/environment';
import { configureHttp } from './platform/http/http-application';
import { serveOpenApi } from './platform/http/open-api';
import { JsonLogger } from './platform/observability/json-logger';

/** Orchestrators are configured to allow ten seconds (docs/operations.md, docker-compose.yml). */
const SHUTDOWN_MARGIN_SECONDS = 9;

/** Starts the service in its ROLE. Workers serve HTTP too, for health and metrics. */
async function bootstrap(): Promise<void> {
  const config = Config.fromProcess();
  const logger = new JsonLogger(config.logLevel);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { bodyParser: false, logger });
  configureHttp(app, config);
  serveOpenApi(app);
  app.enableShutdownHooks();
  endInTime(config, logger);
  const { port, host } = config.http;
  await (host === undefined ? app.listen(port) : app.listen(port, host));
  keepCompiledCode();
  logger.log('Listening', { url: config.http.publicUrl, port: config.http.port, role: config.role });
}

bootstrap().catch((error: unknown) => {
  const shown = error instanceof ConfigurationError ? error.message : (takenPort(error) ?? error);
  // The logger may be what failed.
  // eslint-disable-next-line no-console
  console.error(shown);
  process.exit(1);
});

/** Each step of the shutdown has a timeout; this one is the backstop, for example for a client that reads for minutes. */
function endInTime({ exports }: Config, logger: JsonLogger): void {
  const seconds = exports.graceSeconds + SHUTDOWN_MARGIN_SECONDS;
  const startTimer = () => {
    setTimeout(() => {
      logger.warn('The shutdown took too long: the process exits now', { event: 'process.shutdown_timeout', seconds });
      process.exit(1);
    }, seconds * 1000).unref();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, startTimer);
}

function takenPort(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error)) return undefined;
  return `The port ${String(error.port)} is taken: set PORT, or MANAGEMENT_PORT, to a free one.`;
}

/** Node flushes the cache at a normal exit, but signals end the service. Needs Node 22 (see main.ts). */
function keepCompiledCode(): void {
  (nodeModule as { readonly flushCompileCache?: () => void }).flushCompileCache?.();
}
