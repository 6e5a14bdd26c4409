import { ApiProperty } from '@nestjs/swagger';
import { PageResponse } from '../../platform/http/page';
import type { DataType } from '../model/domain/data-type';

export class DataTypeResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ example: 'profile', description: 'Export requests refer to a data type by its name or id' })
  readonly name!: string;

  @ApiProperty({ type: String, nullable: true })
  readonly description!: string | null;

  @ApiProperty({ type: [String], example: ['users', 'user_profiles'] })
  readonly tables!: readonly string[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' } },
    nullable: true,
    example: { users: ['id', 'name'] },
    description: 'By table. A table without a list exports every column that is not sensitive',
  })
  readonly columns!: Readonly<Record<string, readonly string[]>> | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: ['string', 'null'] },
    example: { users: 'id', user_profiles: 'user_id' },
    description: 'By table: the column that holds the owner’s id; null if only administrators may export the table',
  })
  readonly owners!: Readonly<Record<string, string | null>>;

  @ApiProperty()
  readonly is_active!: boolean;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time' })
  readonly updated_at!: string;

  static of({ tables, owners, ...dataType }: DataType): DataTypeResponse {
    return {
      id: dataType.id,
      name: dataType.name,
      description: dataType.description,
      tables,
      columns: dataType.columns,
      // Every table is named, so that a client can send the response back: a missing owner would
      // get its default.
      owners: Object.fromEntries(
        tables.map((table) => [table, Object.hasOwn(owners, table) ? (owners[table] ?? null) : null]),
      ),
      is_active: dataType.isActive,
      created_at: dataType.createdAt.toISOString(),
      updated_at: dataType.updatedAt.toISOString(),
    };
  }
}

export class DataTypeListResponse extends PageResponse {
  @ApiProperty({ type: [DataTypeResponse] })
  readonly results!: DataTypeResponse[];
}
