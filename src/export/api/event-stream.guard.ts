import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Response } from 'express';
import { principalKey } from '../../platform/auth/principal';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import { Config } from '../../platform/config/config';
import { DomainError } from '../../platform/errors/domain-error';
import { accountOf } from '../model/domain/export';
import { ExportService } from '../model/services/export.service';

const RETRY_AFTER_SECONDS = 5;

/**
 * Admits the owner of an export and the bearer of a link to its events, and users to the events of all their exports. Limits
 * the open streams of a caller in this process: each holds a connection. A link counts on the account that requested the
 * export.
 *
 * It is a guard because Nest sends 200 for an event stream before its handler returns: an error of the handler comes too
 * late for a response.
 */
@Injectable()
export class EventStreamGuard implements CanActivate {
  private readonly openByCaller = new Map<string, number>();

  constructor(
    private readonly exports: ExportService,
    private readonly config: Config,
  ) {}

  /** @throws DomainError not-found | limit */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const { params, principal, credentialEndsAt } = http.getRequest<AuthenticatedRequest>();
    const response = http.getResponse<Response>();
    if (!principal && !credentialEndsAt) throw new UnauthorizedException();
    const { id } = params;
    const followed = id === undefined ? undefined : await this.exports.get(String(id), principal ?? null);
    if (response.closed) return false;
    const account = principal ?? (followed && accountOf(followed));
    if (!account) throw new UnauthorizedException();
    const key = principalKey(account);
    this.open(key);
    response.once('close', () => {
      this.close(key);
    });
    return true;
  }

  private open(key: string): void {
    const limit = this.config.http.eventStreamsPerCaller;
    const count = this.openByCaller.get(key) ?? 0;
    if (count >= limit) {
      const message = `You have ${limit} event streams open. Close one of them, then try again.`;
      throw new DomainError('limit', 'too-many-event-streams', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    this.openByCaller.set(key, count + 1);
  }

  private close(key: string): void {
    const count = (this.openByCaller.get(key) ?? 0) - 1;
    if (count > 0) this.openByCaller.set(key, count);
    else this.openByCaller.delete(key);
  }
}
