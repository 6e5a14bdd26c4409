import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { type Ending, ENDINGS } from '../../platform/outbox/planned-delivery';
import { CHANNELS } from '../channels';
import { type Language, LANGUAGES } from '../model/domain/language';

/** One member for each channel. */
class NotifyChannels {
  readonly [channel: string]: unknown;
}

for (const { name, notify } of CHANNELS) {
  // What the compiler emits for members of a class; without it, Swagger takes them for circular imports.
  Reflect.defineMetadata('design:type', Object, NotifyChannels.prototype, name);
  for (const decorate of notify ?? []) decorate(NotifyChannels.prototype, name);
}

/** Who is notified at the end of an export. */
export class NotifyBody extends NotifyChannels {
  @ApiPropertyOptional({ enum: ENDINGS, isArray: true, description: 'The endings to notify of; both by default' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(ENDINGS, { each: true })
  on?: Ending[];

  @ApiPropertyOptional({ enum: LANGUAGES, description: 'The language of mails; by default, the caller’s' })
  @IsOptional()
  @IsIn(LANGUAGES)
  language?: Language;
}

/** For a member of a body that is a `NotifyBody`, or `false` for no notification. */
export const Notify = (): PropertyDecorator => (target, property) => {
  const channels = CHANNELS.flatMap(({ name, notify }) => (notify ? [name] : []));
  const decorators = [
    ApiPropertyOptional({
      oneOf: [{ $ref: '#/components/schemas/NotifyBody' }, { type: 'boolean', enum: [false] }],
      description: 'Who is notified when the export ends; false for no notification',
    }),
    IsOptional(),
    ValidateIf((_, value) => value !== false),
    IsObject({ message: `$property must be an object with ${channels.join(' or ')}, or false` }),
    ValidateNested(),
    Type(() => NotifyBody),
  ];
  for (const decorate of decorators) decorate(target, property);
};
