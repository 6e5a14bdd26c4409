import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import type { AccessToken } from '../model/services/sign-in.service';

const MAX_CODE_LENGTH = 8192;

export class SignInBody {
  @ApiProperty({ description: 'The code in a sign-in link', maxLength: MAX_CODE_LENGTH })
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_CODE_LENGTH)
  readonly code!: string;
}

export class SignInResponse {
  @ApiProperty({ description: 'A bearer token for all routes of users' })
  readonly token!: string;

  @ApiProperty({ type: 'string', format: 'date-time', description: 'When the token expires' })
  readonly expires_at!: string;

  static of({ token, expiresAt }: AccessToken): SignInResponse {
    return { token, expires_at: expiresAt.toISOString() };
  }
}
