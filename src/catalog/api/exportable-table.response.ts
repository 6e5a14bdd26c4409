import { ApiProperty } from '@nestjs/swagger';
import { TYPE_FAMILIES, type TypeFamily } from '../../formats';
import { PageResponse } from '../../platform/http/page';
import type { ExportableTable } from '../model/services/exportable-tables';

class ExportableColumnResponse {
  @ApiProperty({ example: 'amount' })
  readonly name!: string;

  @ApiProperty({
    enum: TYPE_FAMILIES,
    example: 'decimal',
    description:
      'What its values are. `like` is for `text` only; relative times are for `date`, `timestamp` and `timestamptz`. Later versions add types.',
  })
  readonly type!: TypeFamily;
}

export class ExportableTableResponse {
  @ApiProperty({ example: 'transactions' })
  readonly name!: string;

  @ApiProperty({ type: [ExportableColumnResponse], description: 'In the order of the table' })
  readonly columns!: readonly ExportableColumnResponse[];

  static of({ name, columns }: ExportableTable): ExportableTableResponse {
    return { name, columns: columns.map((column) => ({ name: column.name, type: column.family })) };
  }
}

export class ExportableTableListResponse extends PageResponse {
  @ApiProperty({ type: [ExportableTableResponse] })
  readonly results!: ExportableTableResponse[];
}
