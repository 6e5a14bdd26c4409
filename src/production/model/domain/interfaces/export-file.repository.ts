import type { PublishedFile } from '../part';

/** The files of completed exports that have several. `AttemptRepository.finish` writes them. */
export abstract class ExportFileRepository {
  /** Some files, in order. @param after the number before the first one */
  abstract list(exportId: string, after: number, limit: number): Promise<PublishedFile[]>;

  abstract find(exportId: string, number: number): Promise<PublishedFile | null>;

  /** The last file whose entry begins at or before a position in the zip. */
  abstract findAt(exportId: string, zipOffset: number): Promise<PublishedFile | null>;
}
