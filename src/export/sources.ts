/**
 * The public API of the module for sources. Production threads load sources: what is here must not load the API of the
 * module, its queue or its repositories.
 */
export { accountOf, type ExportDescription } from './model/domain/export';
export type { SourceEstimate } from './model/domain/export-estimate';
export {
  type Division,
  DIVISION_OPTIONS,
  type DivisionPlan,
  divisionOf,
  findDivisionErrors,
  MAX_PARTITIONS,
  type PartitionBy,
  type PartitionUnit,
  type Piece,
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
