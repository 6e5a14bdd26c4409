/**
 * The public API of the module for sources and for what makes files of them. Production threads load both: what is here must
 * not load the API of the module, its queue or its repositories.
 */
export { ExportProductionModule } from './export-production.module';
export { accountOf, type ExportDescription, objectPrefix } from './model/domain/export';
export type { SourceEstimate } from './model/domain/export-estimate';
export {
  type Division,
  DIVISION_OPTIONS,
  type DivisionPlan,
  divisionOf,
  findDivisionErrors,
  MAX_FILES,
  MAX_PARTITIONS,
  type PartitionBy,
  type PartitionUnit,
  type Piece,
  tooManyFilesError,
} from './model/domain/division';
export {
  type DividedSource,
  type EstimateContext,
  ExportSource,
  ExportSourceProvider,
  type OpenedSource,
  type PageToDraw,
  SnapshotNotSharedError,
  type SourceContext,
} from './model/domain/export-source';
export { ExportSources } from './model/services/export-sources';
