import { StorageUnavailableError } from '../../../../platform/storage/file-storage';
import type { ReportProgress } from '../../../../formats';
import type { FinishedFile } from '../finished-file';
import type { Attempt } from './attempt.repository';

/** The file was rendered, but the storage refused it. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault';
}

export function isStorageFault(error: unknown): boolean {
  return error instanceof StorageFault || error instanceof StorageUnavailableError;
}

/** Makes the file of an attempt: opens its source, renders its format and stores the bytes. */
export abstract class Production {
  /**
   * Stores the file under the attempt's own key, where it is not visible yet.
   * @param signal ends the work, also in the database and in the storage
   * @throws DomainError | StorageFault | StorageUnavailableError | any other fault of the source or the format
   */
  abstract produce(attempt: Attempt, report: ReportProgress, signal: AbortSignal): Promise<FinishedFile>;
}
