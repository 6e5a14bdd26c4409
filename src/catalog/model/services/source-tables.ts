import { Injectable } from '@nestjs/common';
import { isOwnTable } from '../domain/data-type';
import { canHoldUserId } from '../domain/data-type-draft';
import { DataTypeRepository } from '../domain/interfaces/data-type.repository';
import { SourceDatabase } from '../domain/interfaces/source-database';
import type { LiveColumn } from '../domain/table-plan';

export interface SourceColumn extends LiveColumn {
  readonly isSensitive: boolean;
  readonly canBeOwner: boolean;
}

/** A table or view that a data type may name. */
export interface SourceTable {
  readonly name: string;
  readonly columns: readonly SourceColumn[];
}

/** Describes what data types can be made of. */
@Injectable()
export class SourceTables {
  constructor(
    private readonly dataTypes: DataTypeRepository,
    private readonly source: SourceDatabase,
  ) {}

  /** By name. The tables of the service itself, and those that it may not read, are left out. */
  async list(): Promise<SourceTable[]> {
    const sensitive = await this.dataTypes.sensitiveColumns();
    const live = await this.source.preview(async (view) => {
      const names = await view.readableTables();
      return view.tables(names.filter((name) => !isOwnTable(name)));
    });
    return [...live.values()]
      .map(({ name, columns }) => ({
        name,
        columns: columns.map((column) => ({
          ...column,
          isSensitive: sensitive.some((one) => one.table === name && one.column === column.name),
          canBeOwner: canHoldUserId(column),
        })),
      }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }
}
