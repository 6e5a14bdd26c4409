import * as nodeModule from 'node:module';
import { parentPort } from 'node:worker_threads';
import { NestFactory } from '@nestjs/core';
import { Config } from './platform/config/config';
import { JsonLogger } from './platform/observability/json-logger';
import { lowerThreadPriority } from './platform/work/low-priority';
import { FileProductionModule } from './production/file-production.module';
import { ProductionThreadModule } from './production-thread.module';

/** Starts a production thread, which makes files of exports until the main thread closes it. */
async function bootstrap(): Promise<void> {
  if (!parentPort) throw new Error('This program is a thread of the service');
  // What Nest logs of a start is about the process; a failed start rejects.
  const app = await NestFactory.createApplicationContext(ProductionThreadModule, {
    logger: false,
    abortOnError: false,
  });
  app.useLogger(new JsonLogger(Config.fromProcess().logLevel));
  app.get(FileProductionModule).serve(parentPort, () => {
    void app.close().finally(() => process.exit());
  });
  // As in service.ts.
  (nodeModule as { readonly flushCompileCache?: () => void }).flushCompileCache?.();
}

lowerThreadPriority();
// A failed start ends the thread with its error.
void bootstrap();
