import { Injectable } from '@nestjs/common';
import type { Export } from '../../../export';
import type { PlatformUser, ReadAuthorization } from '../domain/interfaces/read-authorization';

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
