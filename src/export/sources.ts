/**
 * The public API of the module for sources. Production threads load sources: what is here must not load the API of the
 * module, its queue or its repositories.
 */
export { accountOf, type ExportDescription } from './model/domain/export';
export type { SourceEstimate } from './model/domain/export-estimate';
export {
  type EstimateContext,
  ExportSource,
  ExportSourceProvider,
  type OpenedSource,
  type PageToDraw,
  type SourceContext,
} from './model/domain/export-source';
