import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery';
import { ExportModule } from '../export';
import { RowsExportBody, TablesExportBody } from './api/data-request';
import { DataExportsController } from './api/data-exports.controller';
import { DataTypesController } from './api/data-types.controller';
import { CatalogProductionModule } from './catalog-production.module';
import { DataExportService } from './model/services/data-export.service';
import { DataExportAuthorizer } from './model/services/data-export-authorizer';
import { DataTypeService } from './model/services/data-type.service';
import { ExportableTables } from './model/services/exportable-tables';
import { SourceTables } from './model/services/source-tables';
import { CatalogForScheduledExport } from './model/services/out.for-scheduled-export.service';

@Module({
  imports: [ExportModule, DeliveryModule, CatalogProductionModule],
  controllers: [DataTypesController, DataExportsController],
  providers: [
    DataTypeService,
    ExportableTables,
    SourceTables,
    DataExportAuthorizer,
    DataExportService,
    CatalogForScheduledExport,
    RowsExportBody,
    TablesExportBody,
  ],
  exports: [CatalogForScheduledExport, CatalogProductionModule],
})
export class CatalogModule {}
