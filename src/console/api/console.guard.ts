import { type CanActivate, type ExecutionContext, Injectable, NotFoundException } from '@nestjs/common';
import type { Response } from 'express';
import { Config } from '../../platform/config/config';
import { consoleHeaders } from './console-headers';

/** A route of the console's page: it has the headers of the page, and is absent where no console is served. */
@Injectable()
export class ConsoleGuard implements CanActivate {
  private readonly headers: Readonly<Record<string, string>>;

  constructor(private readonly config: Config) {
    this.headers = consoleHeaders(config);
  }

  canActivate(context: ExecutionContext): boolean {
    if (!this.config.servesApi || !this.config.console.isOn) throw new NotFoundException();
    const response = context.switchToHttp().getResponse<Response>();
    // The page is for its own origin, whatever CORS_ORIGINS allows to the API.
    for (const header of ALLOWED_TO_OTHERS) response.removeHeader(header);
    response.set(this.headers);
    return true;
  }
}

const ALLOWED_TO_OTHERS = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
];
