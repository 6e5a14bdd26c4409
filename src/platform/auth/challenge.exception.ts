import { UnauthorizedException } from '@nestjs/common';

/** Whoever asks must prove themselves in another way than by a token: the one that the challenge names (RFC 9110, 11.6.1). */
export class ChallengeException extends UnauthorizedException {
  constructor(
    message: string,
    readonly challenge: string,
  ) {
    super(message);
  }
}
