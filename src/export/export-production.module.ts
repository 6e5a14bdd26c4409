import { Module, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { WRITERS } from '../formats';
import { ExportSource } from './model/domain/export-source';
import { ExportSources } from './model/services/export-sources';

/** The sources and writers of exports, in the main thread and in production threads. */
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
  ],
  exports: [ExportSources],
})
export class ExportProductionModule implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly sources: ExportSources,
  ) {}

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders() as { readonly instance?: unknown }[]) {
      if (instance instanceof ExportSource) this.sources.addSource(instance);
    }
  }
}
