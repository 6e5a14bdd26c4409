import { Injectable } from '@nestjs/common';
import type { Export } from '../../../export';
import type { PlatformUser } from '../domain/interfaces/source-database';

/** Decides at the moment of reading whether an export may still be made. */
export abstract class ReadAuthorization {
  /**
   * @param findUser looks a user up in the snapshot that is read; `null` for one whom the platform does not know
   * @throws DomainError when the export may not be made any more
   */
  abstract authorize(request: Export, findUser: (id: string) => Promise<PlatformUser | null>): Promise<void>;
}

/** All that is asked before rows are read: modules that request exports in somebody's name later add theirs. */
@Injectable()
export class ReadAuthorizations {
  private readonly authorizations: ReadAuthorization[] = [];

  add(authorization: ReadAuthorization): void {
    this.authorizations.push(authorization);
  }

  /** @throws DomainError when one of them refuses */
  async authorize(request: Export, findUser: (id: string) => Promise<PlatformUser | null>): Promise<void> {
    for (const authorization of this.authorizations) await authorization.authorize(request, findUser);
  }
}
