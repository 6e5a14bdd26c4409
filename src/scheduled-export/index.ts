/** The door of the module: what other modules may import, and nothing more. */
export { ScheduledExportModule } from './scheduled-export.module';
