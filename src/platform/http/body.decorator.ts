import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { Config } from '../config/config';

export const BODY_RULE = 'bodyRule';

/** Which bodies a route takes as bytes, and how large they may be. */
export interface RawBodyRule {
  readonly types: readonly string[];
  readonly limitOf: (config: Config) => number;
}

/** The route takes its body as a `Buffer`, for what must not be parsed here. Other routes take small JSON objects. */
export const RawBody = (rule: RawBodyRule): CustomDecorator => SetMetadata(BODY_RULE, rule);
