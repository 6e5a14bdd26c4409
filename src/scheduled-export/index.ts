/** The public API of the module: all that other modules may import. */
export { ScheduledExportModule } from './scheduled-export.module';
