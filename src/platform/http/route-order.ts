import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Express } from 'express';

/** An entry of an Express router: a route, or a middleware without one. */
export interface RouterLayer {
  readonly route?: { readonly path: unknown } | undefined;
}

/**
 * Express takes the first route that matches, and Nest registers routes in the order of modules. A fixed segment precedes a
 * parameter in its place, so that `/exports/scheduled` is never an id of `/exports/:id`, whatever the order of modules.
 */
@Injectable()
export class RouteOrder implements OnApplicationBootstrap {
  constructor(private readonly host: HttpAdapterHost) {}

  /** Runs after all routes are registered, and before the server listens. */
  onApplicationBootstrap(): void {
    const { router } = this.host.httpAdapter.getInstance<Express>();
    sortRoutes(router.stack);
  }
}

/** Sorts the routes of a router in place. Middleware and wildcards keep their position, and routes of the same shape their order. */
export function sortRoutes(stack: RouterLayer[]): void {
  const routes = stack
    .filter((layer) => shapeOf(layer) !== null)
    .sort((one, other) => compare(shapeOf(one) ?? '', shapeOf(other) ?? ''));
  stack.forEach((layer, index) => {
    if (shapeOf(layer) !== null) stack[index] = routes.shift() ?? layer;
  });
}

/** Such as `0010` for `/api/v1/:id/events`; `null` for middleware, which may have a wildcard as its path. */
function shapeOf({ route }: RouterLayer): string | null {
  if (typeof route?.path !== 'string' || route.path.includes('*')) return null;
  const segments = route.path.split('/').slice(1);
  return segments.map((segment) => (segment.includes(':') ? '1' : '0')).join('');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
