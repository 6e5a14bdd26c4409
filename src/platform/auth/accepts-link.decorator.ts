import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';

export const ACCEPTS_LINK = 'acceptsLink';

/** A route that a signed link opens too. Its request then has no caller: whoever has the link was given it. */
export function AcceptsLink(): MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCEPTS_LINK, true),
    ApiQuery({ name: 'expires', required: false, description: 'Part of a link' }),
    ApiQuery({ name: 'signature', required: false, description: 'Part of a link' }),
  );
}
