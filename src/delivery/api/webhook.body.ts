import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

const LONGEST_URL = 2_048;
const LONGEST_SECRET = 200;
const URL_MESSAGE = {
  message: `$property must be an address such as https://hooks.example.com/exports, of at most ${LONGEST_URL} characters`,
};

/** Which address is called. */
export class WebhookBody {
  @ApiProperty({ format: 'uri', maxLength: LONGEST_URL, example: 'https://hooks.example.com/exports' })
  @IsString(URL_MESSAGE)
  @MaxLength(LONGEST_URL, URL_MESSAGE)
  url!: string;

  @ApiPropertyOptional({
    maxLength: LONGEST_SECRET,
    writeOnly: true,
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    description: 'What messages are signed with; made here, and shown once in the answer, where it is left out',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_SECRET)
  secret?: string;
}
