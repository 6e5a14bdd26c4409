/** The door of the module: what other modules may import, and nothing more. */
export { EventsModule } from './events.module';
