import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { LONGEST_ADDRESS } from '../../platform/mail/mail-address';
import { type Ending, ENDINGS } from '../../platform/outbox/planned-delivery';
import { type Language, LANGUAGES } from '../model/domain/language';

const LONGEST_URL = 2_048;
const LONGEST_SECRET = 200;
const URL_MESSAGE = {
  message: `$property must be an address such as https://hooks.example.com/exports, of at most ${LONGEST_URL} characters`,
};

export class NotifyWebhookBody {
  @ApiProperty({ format: 'uri', maxLength: LONGEST_URL, example: 'https://hooks.example.com/exports' })
  @IsString(URL_MESSAGE)
  @MaxLength(LONGEST_URL, URL_MESSAGE)
  url!: string;

  @ApiPropertyOptional({
    maxLength: LONGEST_SECRET,
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    description: 'What messages are signed with; made here, and shown once in the answer, where it is left out',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_SECRET)
  secret?: string;
}

/** Who shall be told when an export ends. */
export class NotifyBody {
  @ApiPropertyOptional({
    oneOf: [{ type: 'boolean' }, { type: 'string', format: 'email', maxLength: LONGEST_ADDRESS }],
    description: 'true: my own address. Only administrators may name somebody else’s.',
  })
  @IsOptional()
  @ValidateBy({
    name: 'isWhetherOrWhere',
    validator: {
      validate: (value) => typeof value === 'boolean' || (typeof value === 'string' && value.length <= LONGEST_ADDRESS),
      defaultMessage: () => 'email must be true, false, or an address such as ann@example.com',
    },
  })
  email?: boolean | string;

  @ApiPropertyOptional({ type: NotifyWebhookBody })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => NotifyWebhookBody)
  webhook?: NotifyWebhookBody;

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
