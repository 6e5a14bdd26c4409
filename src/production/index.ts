/** The public API of the module: all that other modules may import. */
export { ProductionModule } from './production.module';
export { ExportParts } from './model/services/export-parts';
export { ExportStreaming, type StreamedExport, type StreamedFile } from './model/services/export-streaming';
export { ProductionForDelivery } from './model/services/out.for-delivery.service';
