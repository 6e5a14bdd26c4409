import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const ACCEPTS_LINK = 'acceptsLink';

/** A route that a signed link opens too. Its request then has no caller: whoever has the link was given it. */
export const AcceptsLink = (): CustomDecorator => SetMetadata(ACCEPTS_LINK, true);
