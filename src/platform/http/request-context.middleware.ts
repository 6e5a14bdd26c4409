import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { RequestContext } from '../observability/request-context';

const SOUND_REQUEST_ID = /^[\w.:-]{1,100}$/;

/** Gives every request an id, the caller's own when it brings a sound one, and names it in the answer. */
@Injectable()
export class RequestContextMiddleware implements NestMiddleware {
  use(request: Request, response: Response, next: NextFunction): void {
    const given = request.get('X-Request-Id');
    const requestId = given !== undefined && SOUND_REQUEST_ID.test(given) ? given : randomUUID();
    response.setHeader('X-Request-Id', requestId);
    // A trusted proxy may pass on what is no address.
    const address = isIP(request.ip ?? '') > 0 ? request.ip : undefined;
    RequestContext.run({ requestId, address }, next);
  }
}
