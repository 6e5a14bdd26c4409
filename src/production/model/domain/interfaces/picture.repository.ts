import type { Principal } from '../../../../platform/auth/principal';
import type { Export, StoredObject } from '../../../../export';
import type { FinishedFile } from '../finished-file';

/** Publishes uploaded pictures. */
export abstract class PictureRepository {
  /**
   * Completes an export with an uploaded file. A running attempt can no longer publish.
   * @returns the completed export and the replaced object, or `null` when the export failed, expired or was cancelled
   */
  abstract replaceFile(
    id: string,
    file: FinishedFile,
    by: Principal,
  ): Promise<{ export: Export; replaced: StoredObject | null } | null>;
}
