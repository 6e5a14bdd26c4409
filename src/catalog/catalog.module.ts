import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery';
import { ExportModule } from '../export';
import { RowsExportBody, TablesExportBody } from './api/data-request';
import { DataExportsController } from './api/data-exports.controller';
import { DataTypesController } from './api/data-types.controller';
import { PrismaDataTypeRepository } from './infrastructure/data-type.repository.prisma';
import { DataSource } from './infrastructure/data.source';
import { LiveSchema } from './infrastructure/live-schema';
import { PostgresSourceDatabase } from './infrastructure/postgres-source-database';
import { DataTypeRepository } from './model/domain/interfaces/data-type.repository';
import { SourceDatabase } from './model/domain/interfaces/source-database';
import { DataExportService } from './model/services/data-export.service';
import { DataExportAuthorizer } from './model/services/data-export-authorizer';
import { DataPlanner } from './model/services/data-planner';
import { DataTypeService } from './model/services/data-type.service';
import { ExportableTables } from './model/services/exportable-tables';
import { SourceTables } from './model/services/source-tables';
import { ReadAuthorizations } from './model/services/read-authorizations';
import { CatalogForScheduledExport } from './model/services/out.for-scheduled-export.service';

@Module({
  imports: [ExportModule, DeliveryModule],
  controllers: [DataTypesController, DataExportsController],
  providers: [
    { provide: DataTypeRepository, useClass: PrismaDataTypeRepository },
    { provide: SourceDatabase, useClass: PostgresSourceDatabase },
    LiveSchema,
    DataPlanner,
    DataTypeService,
    ExportableTables,
    SourceTables,
    DataExportAuthorizer,
    DataExportService,
    CatalogForScheduledExport,
    ReadAuthorizations,
    DataSource,
    RowsExportBody,
    TablesExportBody,
  ],
  exports: [CatalogForScheduledExport, ReadAuthorizations],
})
export class CatalogModule {}
