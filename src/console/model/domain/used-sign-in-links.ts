import type { Person } from '../../../platform/auth/principal';

/** A sign-in link of a person. */
export interface SignInLink {
  readonly id: string;
  readonly expiresAt: Date;
}

/** Remembers, for all processes, which sign-in links were used. */
export abstract class UsedSignInLinks {
  /**
   * Marks the link as used, and writes the sign-in of its person to the audit log.
   * @returns whether this call was the first one: of concurrent calls for one link, one is
   */
  abstract use(link: SignInLink, person: Person): Promise<boolean>;

  /** Deletes a limited number of links that expired so long ago that the clocks of no two processes disagree about it. */
  abstract deleteExpired(): Promise<void>;
}
