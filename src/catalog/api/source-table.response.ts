import { ApiProperty } from '@nestjs/swagger';
import { TYPE_FAMILIES, type TypeFamily } from '../../formats';
import { PageResponse } from '../../platform/http/page';
import type { SourceTable } from '../model/services/source-tables';

class SourceColumnResponse {
  @ApiProperty({ example: 'user_id' })
  readonly name!: string;

  @ApiProperty({ enum: TYPE_FAMILIES, example: 'text', description: 'What its values are. Later versions add types.' })
  readonly type!: TypeFamily;

  @ApiProperty({ description: 'Whether it is exported only where a data type lists it in `columns`' })
  readonly is_sensitive!: boolean;

  @ApiProperty({ description: 'Whether `owners` may name it' })
  readonly can_be_owner!: boolean;
}

export class SourceTableResponse {
  @ApiProperty({ example: 'transactions', description: 'As `schema.table` if the schema is not `public`' })
  readonly name!: string;

  @ApiProperty({ type: [SourceColumnResponse], description: 'In the order of the table' })
  readonly columns!: readonly SourceColumnResponse[];

  static of({ name, columns }: SourceTable): SourceTableResponse {
    return {
      name,
      columns: columns.map((column) => ({
        name: column.name,
        type: column.family,
        is_sensitive: column.isSensitive,
        can_be_owner: column.canBeOwner,
      })),
    };
  }
}

export class SourceTableListResponse extends PageResponse {
  @ApiProperty({ type: [SourceTableResponse] })
  readonly results!: SourceTableResponse[];
}
