import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsBoolean,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import { AsSent } from '../../platform/http/as-sent.decorator';
import { type DataTypeDraft, MAX_NAME_LENGTH } from '../model/domain/data-type-draft';
import { OWNER_TYPES } from '../model/domain/data-type-draft';

const MAX_TABLES = 100;
const MAX_DESCRIPTION_LENGTH = 2_000;
// PostgreSQL stores no NUL.
const WITHOUT_NUL = /^[^\0]*$/;

/** What a data type is to be. Whether its names exist is for the model to find out. */
export class DataTypeRequest {
  @ApiProperty({
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    example: 'profile',
    description: 'Unique. Spaces around it are taken away; it must not look like an id.',
  })
  @IsString()
  name!: string;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: MAX_DESCRIPTION_LENGTH })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_DESCRIPTION_LENGTH)
  @Matches(WITHOUT_NUL, { message: 'description must not contain a NUL character' })
  description?: string | null;

  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: MAX_TABLES,
    example: ['users', 'user_profiles'],
    description: 'Tables or views; those of other schemas than `public` as `schema.table`. Each must exist.',
  })
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_TABLES)
  @IsString({ each: true })
  tables!: string[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'array', minItems: 1, items: { type: 'string' } },
    nullable: true,
    example: { users: ['id', 'name'] },
    description:
      'Which columns of which table may be exported. A table that is left out gives every column but the sensitive ones; a sensitive column is given only where it is listed here.',
  })
  @IsOptional()
  @IsObject()
  @AsSent()
  columns?: Record<string, unknown> | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: ['string', 'null'] },
    nullable: true,
    example: { users: 'id', user_profiles: 'user_id' },
    description: `The column of each table that holds the id of the user whose row it is, of the type ${OWNER_TYPES}. For a table that is left out it is \`user_id\`, where the table has such a column; nothing else is guessed, not even for \`users\`. A table without an owner column, or with null, is exported by administrators only.`,
  })
  @IsOptional()
  @IsObject()
  @AsSent()
  owners?: Record<string, unknown> | null;

  @ApiPropertyOptional({
    default: true,
    description: 'Whether it can be exported. Others than administrators see no inactive ones.',
  })
  @IsOptional()
  @IsBoolean()
  is_active?: boolean;

  /** The wish as the model knows it; what was left out gets its default. */
  static draft({ name, description, tables, columns, owners, is_active }: DataTypeRequest): DataTypeDraft {
    return {
      name,
      description: description ?? null,
      tables,
      columns: columns ?? null,
      owners: owners ?? {},
      isActive: is_active ?? true,
    };
  }
}
