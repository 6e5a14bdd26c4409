import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type AuditEntry, recordAudit } from '../../platform/audit/audit-log';
import type { UserPrincipal } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import type { IdempotentRequest } from '../../platform/idempotent-request';
import { claimIdempotencyKey } from '../../platform/database/idempotency-keys';
import { type DataType as Row, Prisma } from '../../platform/database/generated/client';
import { jsonOf, PrismaService } from '../../platform/database/prisma.service';
import {
  type DataType,
  type DataTypeDefinition,
  type SensitiveColumn,
  storedDefinition,
} from '../model/domain/data-type';
import { type DataTypeCreation, DataTypeRepository } from '../model/domain/interfaces/data-type.repository';

const UNIQUE_VIOLATION = 'P2002';

@Injectable()
export class PrismaDataTypeRepository extends DataTypeRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async list(): Promise<DataType[]> {
    const rows = await this.prisma.dataType.findMany({ orderBy: { name: 'asc' } });
    return rows.map(toDataType);
  }

  override async find(id: string): Promise<DataType | null> {
    const row = await this.prisma.dataType.findUnique({ where: { id } });
    return row && toDataType(row);
  }

  override create(
    definition: DataTypeDefinition,
    by: UserPrincipal,
    idempotency: IdempotentRequest | null,
  ): Promise<DataTypeCreation> {
    const id = uuidv7();
    const creation = this.prisma.$transaction(async (transaction) => {
      const earlier = idempotency && (await claimIdempotencyKey(transaction, idempotency, id));
      if (earlier !== null) {
        const row = await transaction.dataType.findUnique({ where: { id: earlier } });
        if (!row)
          throw new DomainError('gone', 'data-type-deleted', 'The data type that this request created was deleted');
        return { dataType: toDataType(row), isNew: false };
      }
      const dataType = toDataType(await transaction.dataType.create({ data: { id, ...columnsOf(definition) } }));
      await recordAudit(transaction, toAuditEntry(dataType, 'catalog.data-type-created', by));
      return { dataType, isNew: true };
    });
    return rejectTakenName(creation, definition.name);
  }

  override replace(id: string, definition: DataTypeDefinition, by: UserPrincipal): Promise<DataType | null> {
    const replacement = this.prisma.$transaction(async (transaction) => {
      const [row] = await transaction.dataType.updateManyAndReturn({
        where: { id },
        data: { ...columnsOf(definition), updatedAt: new Date() },
      });
      if (!row) return null;
      const dataType = toDataType(row);
      await recordAudit(transaction, toAuditEntry(dataType, 'catalog.data-type-changed', by));
      return dataType;
    });
    return rejectTakenName(replacement, definition.name);
  }

  override delete(id: string, by: UserPrincipal): Promise<boolean> {
    return this.prisma.$transaction(async (transaction) => {
      const row = await transaction.dataType.findUnique({ where: { id } });
      const { count } = await transaction.dataType.deleteMany({ where: { id } });
      if (!row || count === 0) return false;
      await recordAudit(transaction, toAuditEntry(row, 'catalog.data-type-deleted', by));
      return true;
    });
  }

  override async sensitiveColumns(): Promise<SensitiveColumn[]> {
    const rows = await this.prisma.sensitiveColumn.findMany();
    return rows.map(({ tableName, columnName }) => ({ table: tableName, column: columnName }));
  }
}

async function rejectTakenName<Result>(change: Promise<Result>, name: string): Promise<Result> {
  try {
    return await change;
  } catch (error) {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== UNIQUE_VIOLATION) throw error;
    const message = `A data type with the name ${JSON.stringify(name)} already exists`;
    throw new DomainError('conflict', 'name-taken', message, {
      fields: [{ field: 'name', message: 'is taken', code: 'taken' }],
    });
  }
}

function toAuditEntry({ id, name }: { id: string; name: string }, action: string, by: UserPrincipal): AuditEntry {
  return { action, userId: by.userId, tenantId: by.tenantId, details: { name, data_type_id: id } };
}

function columnsOf({ name, description, tables, columns, owners, isActive }: DataTypeDefinition) {
  return {
    name,
    description,
    tables: [...tables],
    columns: columns === null ? Prisma.DbNull : jsonOf(columns),
    owners: jsonOf(owners),
    isActive,
  };
}

function toDataType(row: Row): DataType {
  const { id, name, description, tables, columns, owners, isActive, createdAt, updatedAt } = row;
  return {
    id,
    name,
    description,
    ...storedDefinition.parse({ tables, columns, owners }),
    isActive,
    createdAt,
    updatedAt,
  };
}
