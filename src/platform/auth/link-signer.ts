import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config';

const LIFETIME_SECONDS = 15 * 60;
const ROUNDING_SECONDS = 5 * 60;

/** What a link proves: that we made it, for this resource, and until when. */
export interface LinkProof {
  readonly expires: number;
  readonly signature: string;
}

/** Makes and checks the short-lived addresses that a browser follows without a header. */
@Injectable()
export class LinkSigner {
  constructor(private readonly config: Config) {}

  /**
   * A link for `path` (absolute, without a query) that works for 15 to 20 minutes. Within five minutes the same link
   * comes out again, so that an answer that shows it can be told unchanged.
   */
  sign(path: string, now: number = Date.now()): string {
    return this.linkOf(path, this.expiry(now));
  }

  /** A link for `path` that works up to a moment, for a message that is not read at once. */
  signUntil(path: string, end: Date): string {
    return this.linkOf(path, Math.floor(end.getTime() / 1000));
  }

  /** The second, since 1970, in which a link signed now ends. */
  expiry(now: number = Date.now()): number {
    return Math.ceil(now / 1000 / ROUNDING_SECONDS) * ROUNDING_SECONDS + LIFETIME_SECONDS;
  }

  verify(path: string, { expires, signature }: LinkProof, now: number = Date.now()): boolean {
    const given = Buffer.from(signature);
    const right = Buffer.from(this.signatureOf(path, expires));
    return given.length === right.length && timingSafeEqual(given, right) && expires * 1000 > now;
  }

  private linkOf(path: string, expires: number): string {
    const query = new URLSearchParams({ expires: String(expires), signature: this.signatureOf(path, expires) });
    return `${this.config.http.publicUrl}${path}?${query.toString()}`;
  }

  private signatureOf(path: string, expires: number): string {
    return createHmac('sha256', this.config.links.secret).update(`${path}\n${expires}`).digest('base64url');
  }
}
