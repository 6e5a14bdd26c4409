import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { toError } from '../async';
import { ChallengeException } from '../auth/challenge.exception';
import { RateLimitExceededError, rateLimitHeaders } from '../rate-limit';
import { RepeatedWarnings } from '../observability/repeated-warnings';
import { problemOf } from './problem-details';

const HEADERS_OF_FILES = ['ETag', 'Content-Disposition', 'Content-Range', 'Accept-Ranges'];

@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');
  /** While a dependency is unreachable, every request fails for the same reason. */
  private readonly outages = new RepeatedWarnings(this.logger);

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error, requestIdOf(response));
    if (problem.body.status === 503)
      this.outages.report(`Requests fail: ${nameOf(error)}`, causeOf(error), { event: 'http.unavailable' });
    else if (problem.isFault) this.logger.error('A request failed', toError(error));
    if (response.headersSent) {
      // A truncated response must not look complete.
      response.destroy();
      return;
    }
    // The route may have set the headers of its file before the fault.
    if (problem.isFault) for (const header of HEADERS_OF_FILES) response.removeHeader(header);
    if (error instanceof RateLimitExceededError) response.set(rateLimitHeaders(error.state));
    if (problem.retryAfterSeconds !== undefined) response.setHeader('Retry-After', problem.retryAfterSeconds);
    if (problem.body.status === 401) {
      response.setHeader('WWW-Authenticate', error instanceof ChallengeException ? error.challenge : 'Bearer');
    }
    response.setHeader('Cache-Control', 'no-store');
    response.status(problem.body.status).type('application/problem+json').send(JSON.stringify(problem.body));
  }
}

/** The reason of an outage: an HTTP exception only wraps it. */
const causeOf = (error: unknown) => (error instanceof HttpException ? (error.cause ?? error) : error);
const nameOf = (error: unknown) => toError(causeOf(error)).name;

/** The X-Request-Id of the response. Requests that are refused before the middleware ran get one here. */
function requestIdOf(response: Response): string {
  const given = response.getHeader('X-Request-Id');
  if (typeof given === 'string') return given;
  const created = randomUUID();
  if (!response.headersSent) response.setHeader('X-Request-Id', created);
  return created;
}
