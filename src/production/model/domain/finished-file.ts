import type { ExportWarning } from '../../../formats';
import type { ReadSummary, StoredObject } from '../../../export';
import type { ManifestFacts } from './manifest/manifest-facts';
import type { PartFile } from './part-file';

/** A rendered file that is not yet published. */
export interface FinishedFile {
  /** `null` for a streamed export. */
  readonly object: StoredObject | null;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  /** As in `FileDigest`. */
  readonly blocks: readonly string[];
  readonly recordCount: number | null;
  readonly pageCount: number | null;
  /** `null` where no rows of tables are read, and for several files, each of which may be read by another process. */
  readonly read: ReadSummary | null;
  readonly warnings: readonly ExportWarning[];
  /** What its manifest says besides. */
  readonly facts: ManifestFacts;
  /** Its files, if it consists of several; the object, the size and the hash are then of none. */
  readonly parts?: readonly PartFile[];
}
