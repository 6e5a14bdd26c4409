import type { MessagePort } from 'node:worker_threads';
import { Module, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { WRITERS } from '../formats';
import { AttemptServer } from './infrastructure/production-threads/attempt-server';
import { ExportSource } from './model/domain/export-source';
import { ExportProduction } from './model/services/export-production';
import { ExportRendering } from './model/services/export-rendering';
import { ExportSources } from './model/services/export-sources';
import { PartProduction } from './model/services/part-production';
import { ManifestSealer } from './model/services/manifest-sealer';

/** What makes files of exports, in the main thread and in production threads. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: ExportSources,
      useFactory: () => {
        const sources = new ExportSources();
        for (const writer of WRITERS) sources.addWriter(writer);
        return sources;
      },
    },
    ManifestSealer,
    ExportRendering,
    ExportProduction,
    PartProduction,
    AttemptServer,
  ],
  exports: [ExportSources, ExportRendering, ExportProduction, PartProduction, ManifestSealer],
})
export class ExportProductionModule implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly sources: ExportSources,
    private readonly server: AttemptServer,
  ) {}

  /** Produces what the main thread requests. @param close is called when the thread has to end */
  serve(port: MessagePort, close: () => void): void {
    this.server.serve(port, close);
  }

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders() as { readonly instance?: unknown }[]) {
      if (instance instanceof ExportSource) this.sources.addSource(instance);
    }
  }
}
