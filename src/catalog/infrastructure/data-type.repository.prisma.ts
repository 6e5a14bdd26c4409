import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../platform/prisma/prisma.service';
import type { DataType, SensitiveColumn } from '../model/domain/data-type';
import { DataTypeRepository } from '../model/domain/interfaces/data-type.repository';

@Injectable()
export class PrismaDataTypeRepository extends DataTypeRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }
  override async list(): Promise<DataType[]> {
    return (await this.prisma.dataType.findMany({ orderBy: { name: 'asc' } })) as unknown as DataType[];
  }
  override async sensitiveColumns(): Promise<SensitiveColumn[]> {
    const rows = await this.prisma.sensitiveColumn.findMany();
    return rows.map(({ tableName, columnName }) => ({ table: tableName, column: columnName }));
  }
  override find = undefined as never;
  override create = undefined as never;
  override replace = undefined as never;
  override delete = undefined as never;
}
