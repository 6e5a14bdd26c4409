import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { ChallengeException } from '../auth/challenge.exception';
import { RateLimitExceededError, rateLimitHeaders } from '../rate-limit/rate-limit';
import { problemOf } from './problem-details';

const HEADERS_OF_FILES = ['ETag', 'Content-Disposition', 'Content-Range', 'Accept-Ranges'];

@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error);
    if (problem.isFault)
      this.logger.error('A request failed', error instanceof Error ? error : new Error(String(error)));
    if (response.headersSent) {
      // Half an answer must not look like a whole one.
      response.destroy();
      return;
    }
    // A route may have described its file before the fault.
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
