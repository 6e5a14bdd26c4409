import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';

export const ACCEPTS_LINK = 'acceptsLink';

/** A route that also accepts a signed link. The request then has no principal. */
export function AcceptsLink(): MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCEPTS_LINK, true),
    ApiQuery({ name: 'expires', required: false, description: 'Part of a link' }),
    ApiQuery({ name: 'signature', required: false, description: 'Part of a link' }),
  );
}
