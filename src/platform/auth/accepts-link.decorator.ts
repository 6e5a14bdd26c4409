import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';

export const ACCEPTS_LINK = 'acceptsLink';

/** The path that a link to a route must have signed, by the path of the request. */
export type SignedPath = (path: string) => string;

/**
 * A route that also accepts a signed link. The request then has no principal.
 * @param signedPath where links to another route open this one too
 */
export function AcceptsLink(signedPath: SignedPath = (path) => path): MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCEPTS_LINK, signedPath),
    ApiQuery({ name: 'expires', required: false, description: 'Part of a link' }),
    ApiQuery({ name: 'signature', required: false, description: 'Part of a link' }),
  );
}
