import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { Config } from '../config/config';

export const BODY_RULE = 'bodyRule';

/** Checks a body while it arrives, and makes of it what the handler gets. */
export interface BodyReader<Body = unknown> {
  /**
   * Looks at the next bytes.
   * @throws for a body of which no more is to be read
   */
  write(chunk: Buffer): void;

  /** @param bytes the whole body, every byte of which was written before */
  end(bytes: Buffer): Body;
}

/** Which bodies a route takes that are no form, and how large they may be. */
export interface RawBodyRule {
  readonly types: readonly string[];
  readonly limitOf: (config: Config) => number;
  /** The body is handed on as a `Buffer` where it is not given. */
  readonly readerOf?: (config: Config) => BodyReader;
}

/** The route takes a body that must not be parsed as a form. Other routes take small JSON objects. */
export const RawBody = (rule: RawBodyRule): CustomDecorator => SetMetadata(BODY_RULE, rule);
