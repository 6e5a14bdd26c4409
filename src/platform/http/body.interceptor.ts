import {
  BadRequestException,
  type CallHandler,
  type ExecutionContext,
  HttpException,
  Injectable,
  type NestInterceptor,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { json, type NextFunction, raw, type Request, type RequestHandler, type Response } from 'express';
import type { Observable } from 'rxjs';
import { Config } from '../config/config';
import { BODY_RULE, type RawBodyRule } from './body.decorator';

const FORM_LIMIT_BYTES = 256 * 1024;
/** No form needs as much; whatever checks one goes down into it by calling itself. */
const DEEPEST_FORM = 32;
const JSON_TYPES = ['application/json', 'application/*+json'];

/** Reads a body only once the caller is known: nobody else can make us hold or parse megabytes. */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const rule = this.reflector.get<RawBodyRule | undefined>(BODY_RULE, context.getHandler());
    if (rule) {
      const limit = rule.limitOf(this.config);
      await read(request, http.getResponse(), rule.types, limit, raw({ type: () => true, limit }));
    } else if (hasBody(request)) {
      await read(
        request,
        http.getResponse(),
        JSON_TYPES,
        FORM_LIMIT_BYTES,
        json({ type: () => true, limit: FORM_LIMIT_BYTES }),
      );
      if (Array.isArray(request.body)) throw new BadRequestException('The body must be a JSON object');
      if (isNestedDeeperThan(DEEPEST_FORM, request.body))
        throw new BadRequestException('The body is nested too deeply');
    }
    return next.handle();
  }
}

function isNestedDeeperThan(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((member) => isNestedDeeperThan(depth - 1, member));
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

async function read(
  request: Request,
  response: Response,
  types: readonly string[],
  limit: number,
  parse: RequestHandler,
): Promise<void> {
  if (!hasBody(request)) throw new BadRequestException('The request has no body');
  if (request.is([...types]) === false) throw new UnsupportedMediaTypeException(`Send ${types.join(' or ')}`);
  await new Promise<void>((resolve, reject) => {
    const done: NextFunction = (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(bodyError(error, limit));
    };
    void parse(request, response, done);
  });
}

/** The parsers tell by `status` what the caller did wrong; their messages are not for callers. */
function bodyError(error: unknown, limit: number): Error {
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (status === 413) return new PayloadTooLargeException(`The body is larger than ${limit} bytes`);
  if (status === 415) return new UnsupportedMediaTypeException('The encoding of the body is not supported');
  if (type === 'entity.parse.failed') return new BadRequestException('The body is not valid JSON');
  if (typeof status === 'number' && status < 500) return new HttpException('The body could not be read', status);
  return error instanceof Error ? error : new Error(String(error));
}
