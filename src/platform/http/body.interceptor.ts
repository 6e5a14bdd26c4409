import { once } from 'node:events';
import {
  BadRequestException,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  RequestTimeoutException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { finalize, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../auth/current-principal.decorator';
import { principalKey } from '../auth/principal';
import { Config } from '../config/config';
import { BODY_RULE, type BodyReader, type RawBodyRule } from './body.decorator';
import { FormReader, MAX_FORM_BYTES } from './form-reader';
import { receiveBody } from './incoming-body';
import { LargeBodies, type LargeBodySlot, LARGE_BODY_PACE } from './large-bodies';
import { abortSlowClient } from './slow-client';

const FORM: RawBodyRule = {
  types: ['application/json', 'application/*+json'],
  limitOf: () => MAX_FORM_BYTES,
  readerOf: () => new FormReader(),
};

/** Passes the bytes through. */
const BYTES: BodyReader<Buffer> = { write: () => undefined, end: (bytes) => bytes };

/** Reads a body after the guards ran, so that unauthenticated callers cannot occupy memory. */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
    private readonly largeBodies: LargeBodies,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const response = http.getResponse<Response>();
    const rule = this.reflector.get<RawBodyRule | undefined>(BODY_RULE, context.getHandler());
    if (!rule && !hasBody(request)) return next.handle();

    const slot = await this.read(request, rule ?? FORM).catch((error: unknown) => {
      // The rest of the late body would be parsed as the next request on the connection.
      if (error instanceof RequestTimeoutException) response.set('Connection', 'close');
      throw error;
    });
    if (!slot) return next.handle();
    // The slot is released when both the handler and the response are done, in either order.
    const isClosed = response.closed ? Promise.resolve() : once(response, 'close');
    abortSlowClient(response, LARGE_BODY_PACE);
    return next.handle().pipe(finalize(() => void isClosed.then(slot.release)));
  }

  /**
   * Parses the body with the reader of the route into `request.body`.
   * @returns the slot of a large body
   */
  private async read(request: AuthenticatedRequest, rule: RawBodyRule): Promise<LargeBodySlot | null> {
    if (!hasBody(request)) throw new BadRequestException('The request has no body');
    assertType(request, rule.types);
    const reader = rule.readerOf?.(this.config) ?? BYTES;
    const { bytes, slot } = await receiveBody(request, {
      reader,
      maxBytes: rule.limitOf(this.config),
      timeoutMs: this.config.http.bodyTimeoutSeconds * 1000,
      takeSlot: (size) => this.largeBodies.requests.take(callerKey(request), size),
    });
    try {
      request.body = reader.end(bytes);
    } catch (error) {
      slot?.release();
      throw error;
    }
    return slot;
  }
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

function assertType(request: Request, types: readonly string[]): void {
  if (request.is([...types]) === false) throw new UnsupportedMediaTypeException(`Send ${types.join(' or ')}`);
}

function callerKey({ principal, ip = '' }: AuthenticatedRequest): string {
  return principal ? principalKey(principal) : ip;
}
