import { Injectable } from '@nestjs/common';
import type { Export } from '../../../export';
import type { PlatformUser } from '../domain/interfaces/source-database';

/** Decides, when an attempt begins, whether the export is still allowed. */
export abstract class ReadAuthorization {
  /**
   * @param findUser finds a user in the database that is read, as it is now
   * @throws DomainError if the export is not allowed any more
   */
  abstract authorize(request: Export, findUser: (id: string) => Promise<PlatformUser | null>): Promise<void>;
}

/** The checks before rows are read. Modules that create exports on behalf of a user add theirs. */
@Injectable()
export class ReadAuthorizations {
  private readonly authorizations: ReadAuthorization[] = [];

  add(authorization: ReadAuthorization): void {
    this.authorizations.push(authorization);
  }

  /** @throws DomainError if a check fails */
  async authorize(request: Export, findUser: (id: string) => Promise<PlatformUser | null>): Promise<void> {
    for (const authorization of this.authorizations) await authorization.authorize(request, findUser);
  }
}
