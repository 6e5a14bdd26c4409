import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const PUBLIC_ROUTE = 'publicRoute';

/** A route that needs no token: it is for machines, or authenticates callers in another way. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_ROUTE, true);
