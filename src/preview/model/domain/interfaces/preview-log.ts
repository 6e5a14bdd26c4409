import type { Principal } from '../../../../platform/auth/principal';
import type { Export } from '../../../../export';

/** Who saw a preview of which export. */
export abstract class PreviewLog {
  /**
   * Writes an audit entry, and leaves the record as it is.
   * @param page of which a picture was shown; absent for rows
   */
  abstract add(source: Export, by: Principal, page?: number): Promise<void>;
}
