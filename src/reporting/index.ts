/** The public API of the module: all that other modules may import. */
export { ReportingModule } from './reporting.module';
