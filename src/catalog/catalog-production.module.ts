import { Module } from '@nestjs/common';
import { ExportDatabase } from '../platform/database/export-database';
import { PrismaDataTypeRepository } from './infrastructure/data-type.repository.prisma';
import { DataSource } from './infrastructure/data.source';
import { LiveSchema } from './infrastructure/live-schema';
import { PostgresSourceDatabase } from './infrastructure/postgres-source-database';
import { DataTypeRepository } from './model/domain/interfaces/data-type.repository';
import { SourceDatabase } from './model/domain/interfaces/source-database';
import { DataPlanner } from './model/services/data-planner';
import { ReadAuthorizations } from './model/services/read-authorizations';
import { RowEstimates } from './model/services/row-estimates';

/** The source of rows, in the main thread and in production threads. */
@Module({
  providers: [
    { provide: DataTypeRepository, useClass: PrismaDataTypeRepository },
    {
      provide: SourceDatabase,
      inject: [ExportDatabase, LiveSchema],
      useFactory: (database: ExportDatabase, schema: LiveSchema) => new PostgresSourceDatabase(database, schema),
    },
    LiveSchema,
    DataPlanner,
    ReadAuthorizations,
    RowEstimates,
    DataSource,
  ],
  exports: [DataTypeRepository, SourceDatabase, DataPlanner, ReadAuthorizations, RowEstimates],
})
export class CatalogProductionModule {}
