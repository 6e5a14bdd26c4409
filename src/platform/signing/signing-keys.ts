import type { KeyObject } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../config/config';
import { signJws } from './jws';
import { type PublicJwk, toPublicJwk } from './signing-key';

/** The keys with which the service signs documents, and by which others verify them. */
@Injectable()
export class SigningKeys {
  private readonly key: KeyObject | undefined;
  /** The public keys: the current one first, then those of documents that were signed before. */
  readonly published: readonly PublicJwk[];

  constructor({ signing }: Config) {
    this.key = signing.key;
    const keys = [...(signing.key ? [signing.key] : []), ...signing.publicKeys].map(toPublicJwk);
    this.published = keys.filter(({ kid }, index) => keys.findIndex((other) => other.kid === kid) === index);
  }

  /**
   * Signs a text as a compact JWS.
   * @param type its type, such as `export-manifest+jws`
   * @returns `null` without a key
   */
  sign(payload: string, type: string): string | null {
    return this.key ? signJws(payload, type, this.key) : null;
  }

  /** Says in the log that nothing is signed, if that is so. */
  warnWithoutKey(): void {
    if (this.key) return;
    new Logger(SigningKeys.name).warn('SIGNING_KEY is missing: manifests are not signed. `npm run keys` makes a key.', {
      event: 'signing.no_key',
    });
  }
}
