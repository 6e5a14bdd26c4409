import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { RequestContext } from '../observability/request-context';

const VALID_REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Gives every request an id, the caller's own if it is valid, and returns it in `X-Request-Id`. */
@Injectable()
export class RequestContextMiddleware implements NestMiddleware {
  use(request: Request, response: Response, next: NextFunction): void {
    const given = request.get('X-Request-Id');
    const requestId = given !== undefined && VALID_REQUEST_ID.test(given) ? given : randomUUID();
    response.setHeader('X-Request-Id', requestId);
    // A trusted proxy may forward a value that is no address.
    const address = isIP(request.ip ?? '') > 0 ? request.ip : undefined;
    RequestContext.run({ requestId, address }, next);
  }
}
