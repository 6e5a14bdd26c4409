/** The public API of the module: all that other modules may import. */
export { ConsoleModule } from './console.module';
