import { ApiPropertyOptional, ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, ValidateNested, IsString, MaxLength } from 'class-validator';
import type { ChannelDescriptor } from '../../model/domain/channel-descriptor';

const MAX_URL_LENGTH = 2_048;
const MAX_SECRET_LENGTH = 200;
const URL_MESSAGE = {
  message: `$property must be an address such as https://hooks.example.com/exports, of at most ${MAX_URL_LENGTH} characters`,
};

/** The address to call, and the secret that signs messages to it. */
export class WebhookBody {
  @ApiProperty({ format: 'uri', maxLength: MAX_URL_LENGTH, example: 'https://hooks.example.com/exports' })
  @IsString(URL_MESSAGE)
  @MaxLength(MAX_URL_LENGTH, URL_MESSAGE)
  url!: string;

  @ApiPropertyOptional({
    maxLength: MAX_SECRET_LENGTH,
    writeOnly: true,
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    description: 'Signs the messages. By default, it is generated and shown once in the response.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_SECRET_LENGTH)
  secret?: string;
}

export const webhookDescriptor: ChannelDescriptor = {
  name: 'webhook',
  limits: { slots: 8, slowSlots: 0, maxPerAccount: null, attemptMs: 30_000 },
  copiesFile: false,
  mayUseServiceCredentials: false,
  // Paths and queries of webhooks often contain a secret.
  describe: ({ url }) => (typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : null),
  notify: [
    ApiPropertyOptional({ type: WebhookBody }),
    IsOptional(),
    IsObject(),
    ValidateNested(),
    Type(() => WebhookBody),
  ],
  schedule: {
    member: 'webhook',
    field: 'webhook',
    missing: 'must name the URL to call: {"url": "https://…"}',
    accompanies: false,
    options: null,
    toInput: ({ webhook }) => webhook,
    isUnchanged: ({ webhook }, { webhookUrl }) => webhook?.secret === undefined && webhook?.url === webhookUrl,
  },
};
