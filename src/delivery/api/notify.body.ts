import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { MAX_ADDRESS_LENGTH } from '../../platform/mail/mail-address';
import { type Ending, ENDINGS } from '../../platform/outbox/planned-delivery';
import { type Language, LANGUAGES } from '../model/domain/language';
import { WebhookBody } from '../channels/webhook/webhook.body';

/** Who shall be told when an export ends. */
export class NotifyBody {
  @ApiPropertyOptional({
    oneOf: [{ type: 'boolean' }, { type: 'string', format: 'email', maxLength: MAX_ADDRESS_LENGTH }],
    description: 'true: my own address. Only administrators may name somebody else’s.',
  })
  @IsOptional()
  @ValidateBy({
    name: 'isWhetherOrWhere',
    validator: {
      validate: (value) =>
        typeof value === 'boolean' || (typeof value === 'string' && value.length <= MAX_ADDRESS_LENGTH),
      defaultMessage: () => 'email must be true, false, or an address such as ann@example.com',
    },
  })
  email?: boolean | string;

  @ApiPropertyOptional({ type: WebhookBody })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WebhookBody)
  webhook?: WebhookBody;

  @ApiPropertyOptional({ enum: ENDINGS, isArray: true, description: 'Of which ends; of both without it' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(ENDINGS, { each: true })
  on?: Ending[];

  @ApiPropertyOptional({ enum: LANGUAGES, description: 'Of mail; without it, the one that is known to be mine' })
  @IsOptional()
  @IsIn(LANGUAGES)
  language?: Language;
}

/** For a member of a body that is a `NotifyBody`, or `false` for nobody. */
export const Notify = (): PropertyDecorator => (target, property) => {
  const decorators = [
    ApiPropertyOptional({
      oneOf: [{ $ref: '#/components/schemas/NotifyBody' }, { type: 'boolean', enum: [false] }],
      description: 'Who shall be told when the export ends; false for nobody',
    }),
    IsOptional(),
    ValidateIf((_, value) => value !== false),
    IsObject({ message: '$property must be an object with email or webhook, or false' }),
    ValidateNested(),
    Type(() => NotifyBody),
  ];
  for (const decorate of decorators) decorate(target, property);
};
