import { Module, type OnModuleInit } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { CatalogModule, ReadAuthorizations } from '../catalog';
import { DeliveryModule } from '../delivery';
import { ExportModule } from '../export';
import { AdminActivityInterceptor } from './api/admin-activity.interceptor';
import { DestinationTestsController } from './api/destination-tests.controller';
import { SchedulePreviewController } from './api/schedule-preview.controller';
import { ScheduledExportsController } from './api/scheduled-exports.controller';
import { PrismaScheduleRunRepository } from './infrastructure/schedule-run.repository.prisma';
import { ScheduleTicker } from './infrastructure/schedule-ticker';
import { PrismaScheduleRepository } from './infrastructure/schedule.repository.prisma';
import { ScheduleRunRepository } from './model/domain/interfaces/schedule-run.repository';
import { ScheduleRepository } from './model/domain/interfaces/schedule.repository';
import { RunAuthorization } from './model/services/run-authorization';
import { ScheduleDefinitions } from './model/services/schedule-definitions';
import { ScheduleManagement } from './model/services/schedule-management';
import { ScheduleRunner } from './model/services/schedule-runner';
import { ScheduleRuns } from './model/services/schedule-runs';
import { ScheduleService } from './model/services/schedule.service';

@Module({
  imports: [CatalogModule, DeliveryModule, ExportModule],
  controllers: [ScheduledExportsController, SchedulePreviewController, DestinationTestsController],
  providers: [
    { provide: ScheduleRepository, useClass: PrismaScheduleRepository },
    { provide: ScheduleRunRepository, useClass: PrismaScheduleRunRepository },
    ScheduleDefinitions,
    ScheduleManagement,
    ScheduleService,
    ScheduleRuns,
    RunAuthorization,
    { provide: APP_INTERCEPTOR, useClass: AdminActivityInterceptor },
    ScheduleRunner,
    ScheduleTicker,
  ],
})
export class ScheduledExportModule implements OnModuleInit {
  constructor(
    private readonly reads: ReadAuthorizations,
    private readonly authorization: RunAuthorization,
  ) {}

  onModuleInit(): void {
    this.reads.add(this.authorization);
  }
}
