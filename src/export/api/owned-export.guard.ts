import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { AuthenticatedRequest } from '../../platform/auth/current-caller.decorator';
import { ExportService } from '../model/services/export.service';

/**
 * Lets in whom the export belongs to, and the bearer of a link to it. For event streams: Nest sends their 200 while the handler is still at work, so that
 * what the handler throws comes too late to be an answer.
 */
@Injectable()
export class OwnedExportGuard implements CanActivate {
  constructor(private readonly exports: ExportService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { params, caller, credentialEndsAt } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!caller && !credentialEndsAt) throw new UnauthorizedException();
    await this.exports.get(String(params['id']), caller ?? null);
    return true;
  }
}
