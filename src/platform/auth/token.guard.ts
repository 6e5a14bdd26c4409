import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCEPTS_LINK, type SignedPath } from './accepts-link.decorator';
import type { AuthenticatedRequest } from './current-principal.decorator';
import { KeysUnavailableError } from './key-set';
import { LinkSigner } from './link-signer';
import { PUBLIC_ROUTE } from './public.decorator';
import { TokenVerifier, type VerifiedToken } from './token-verifier';

/** Requires a bearer token, unless the route is public or accepts a signed link. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenVerifier,
    private readonly links: LinkSigner,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const read = (metadata: string): unknown =>
      this.reflector.getAllAndOverride(metadata, [context.getHandler(), context.getClass()]);
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (read(PUBLIC_ROUTE) === true) return true;
    const signedPath = read(ACCEPTS_LINK) as SignedPath | undefined;
    if (signedPath && request.query['signature'] !== undefined) return this.checkLink(request, signedPath);
    const { caller, expiresAt } = await this.verifyToken(request);
    request.principal = caller;
    request.credentialEndsAt = expiresAt;
    return true;
  }

  private checkLink(request: AuthenticatedRequest, signedPath: SignedPath): true {
    const { expires, signature } = request.query;
    const proof = { expires: Number(expires), signature: typeof signature === 'string' ? signature : '' };
    if (this.links.verify(signedPath(request.path), proof)) {
      request.credentialEndsAt = new Date(proof.expires * 1000);
      return true;
    }
    throw new ForbiddenException('This link is not valid or has expired. Ask for the status again to get a fresh one.');
  }

  private async verifyToken(request: AuthenticatedRequest): Promise<VerifiedToken> {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) throw new UnauthorizedException('Give a token: Authorization: Bearer <token>');
    try {
      return await this.tokens.verify(token);
    } catch (error) {
      if (error instanceof KeysUnavailableError) {
        throw new ServiceUnavailableException('Tokens cannot be checked right now', { cause: error });
      }
      throw new UnauthorizedException('The token is not valid or has expired', { cause: error });
    }
  }
}
