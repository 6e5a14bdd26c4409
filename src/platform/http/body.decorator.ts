import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { Config } from '../config/config';

export const BODY_RULE = 'bodyRule';

/** Checks a body while it arrives, and parses it for the handler. */
export interface BodyReader<Body = unknown> {
  /**
   * Checks the next bytes.
   * @throws to refuse the body
   */
  write(chunk: Buffer): void;

  /** @param bytes the whole body, which was passed to `write` before */
  end(bytes: Buffer): Body;
}

/** The types and the maximum size of the bodies of a route. */
export interface RawBodyRule {
  readonly types: readonly string[];
  readonly limitOf: (config: Config) => number;
  /** Without it the handler gets a `Buffer`. */
  readonly readerOf?: (config: Config) => BodyReader;
}

/** A route with a body of its own type. Other routes accept small JSON objects. */
export const RawBody = (rule: RawBodyRule): CustomDecorator => SetMetadata(BODY_RULE, rule);
