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
// PostgreSQL stores no NUL characters.
const WITHOUT_NUL = /^[^\0]*$/;

/** A data type as an administrator sends it. The model checks that its tables and columns exist. */
export class DataTypeRequest {
  @ApiProperty({
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    example: 'profile',
    description: 'Unique. Surrounding spaces are removed. It must not look like an id.',
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
    description: 'Tables or views, as `schema.table` if the schema is not `public`. Each must exist.',
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
      'The columns that may be exported, by table. A table without a list exports every column that is not sensitive; a sensitive column is exported only if it is listed here.',
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
    description: `The column of each table that holds the id of the user who owns the row, of type ${OWNER_TYPES}. The default is \`user_id\` if the table has such a column; no other column is guessed, not even for \`users\`. Only administrators can export a table without an owner column, or with null.`,
  })
  @IsOptional()
  @IsObject()
  @AsSent()
  owners?: Record<string, unknown> | null;

  @ApiPropertyOptional({
    default: true,
    description: 'Whether it can be exported. Only administrators see inactive data types.',
  })
  @IsOptional()
  @IsBoolean()
  is_active?: boolean;

  /** Fills in the defaults of missing fields. */
  static toDraft({ name, description, tables, columns, owners, is_active }: DataTypeRequest): DataTypeDraft {
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
