/** The door of the module: what other modules may import, and nothing more. */
export { CatalogModule } from './catalog.module';
