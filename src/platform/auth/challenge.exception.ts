import { UnauthorizedException } from '@nestjs/common';

/** The route needs another authentication than a token: the scheme that the challenge names (RFC 9110, 11.6.1). */
export class ChallengeException extends UnauthorizedException {
  constructor(
    message: string,
    readonly challenge: string,
  ) {
    super(message);
  }
}
