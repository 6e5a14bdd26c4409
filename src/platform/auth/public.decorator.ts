import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const PUBLIC_ROUTE = 'publicRoute';

/** A route that asks for no token: it is for machines, or proves its caller by another means. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_ROUTE, true);
