import type { MessagePort } from 'node:worker_threads';
import { Module } from '@nestjs/common';
import { ExportProductionModule } from '../export/sources';
import { AttemptServer } from './infrastructure/production-threads/attempt-server';
import { ExportProduction } from './model/services/export-production';
import { ExportRendering } from './model/services/export-rendering';
import { ManifestSealer } from './model/services/manifest-sealer';
import { PartProduction } from './model/services/part-production';

/** What makes files of exports, in the main thread and in production threads. */
@Module({
  imports: [ExportProductionModule],
  providers: [ManifestSealer, ExportRendering, ExportProduction, PartProduction, AttemptServer],
  exports: [ExportRendering, ExportProduction, PartProduction, ManifestSealer],
})
export class FileProductionModule {
  constructor(private readonly server: AttemptServer) {}

  /** Produces what the main thread requests. @param close is called when the thread has to end */
  serve(port: MessagePort, close: () => void): void {
    this.server.serve(port, close);
  }
}
