import type { Export } from '../../../../export';

/** What the platform's own table says of a person. */
export interface PlatformUser {
  readonly isActive: boolean;
  readonly isAdmin: boolean;
}

/** Decides at the moment of reading whether an export may still be made. */
export abstract class ReadAuthorization {
  /**
   * @param findUser looks a user up in the snapshot that is read; `null` for one whom the platform does not know
   * @throws DomainError when the export may not be made any more
   */
  abstract authorize(request: Export, findUser: (id: string) => Promise<PlatformUser | null>): Promise<void>;
}
