import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config';

const LIFETIME_SECONDS = 15 * 60;
const ROUNDING_SECONDS = 5 * 60;

/** The part of a link that proves who made it, for which resource, and until when it is valid. */
export interface LinkProof {
  readonly expires: number;
  readonly signature: string;
}

/** Creates and verifies signed URLs, which browsers can follow without an `Authorization` header. */
@Injectable()
export class LinkSigner {
  constructor(private readonly config: Config) {}

  /**
   * A link for `path` (absolute, without a query) that is valid for 15 to 20 minutes. The link stays the same for five
   * minutes, so that a response with it can keep its ETag.
   */
  sign(path: string, now: number = Date.now()): string {
    return this.linkOf(path, this.expiry(now));
  }

  /** A link for `path` that is valid until `end`, for messages that are read later. */
  signUntil(path: string, end: Date): string {
    return this.linkOf(path, Math.floor(end.getTime() / 1000));
  }

  /** When a link that is signed now expires, in seconds since 1970. */
  expiry(now: number = Date.now()): number {
    return Math.ceil(now / 1000 / ROUNDING_SECONDS) * ROUNDING_SECONDS + LIFETIME_SECONDS;
  }

  verify(path: string, { expires, signature }: LinkProof, now: number = Date.now()): boolean {
    const given = Buffer.from(signature);
    const expected = Buffer.from(this.signatureOf(path, expires));
    return given.length === expected.length && timingSafeEqual(given, expected) && expires * 1000 > now;
  }

  private linkOf(path: string, expires: number): string {
    const query = new URLSearchParams({ expires: String(expires), signature: this.signatureOf(path, expires) });
    return `${this.config.http.publicUrl}${path}?${query.toString()}`;
  }

  private signatureOf(path: string, expires: number): string {
    return createHmac('sha256', this.config.links.secret).update(`${path}\n${expires}`).digest('base64url');
  }
}
