import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, ValidateNested } from 'class-validator';
import type { ChannelDescriptor } from '../../model/domain/channel-descriptor';
import { WebhookBody } from './webhook.body';

export const webhookDescriptor: ChannelDescriptor = {
  name: 'webhook',
  limits: { slots: 8, slowSlots: 0, maxPerAccount: null, attemptMs: 30_000 },
  copiesFile: false,
  mayUseServiceCredentials: false,
  // Paths and queries of webhooks are often their key.
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
    missing: 'must say which address to call: {"url": "https://…"}',
    accompanies: false,
    options: null,
    toInput: ({ webhook }) => webhook,
    isUnchanged: ({ webhook }, { webhookUrl }) => webhook?.secret === undefined && webhook?.url === webhookUrl,
  },
};
