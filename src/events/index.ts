/** The public API of the module. Other modules import nothing else. */
export { EventsModule } from './events.module';
