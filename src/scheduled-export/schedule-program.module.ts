import { Module } from '@nestjs/common';
import { Config } from '../platform/config/config';
import { PrismaService } from '../platform/database/prisma.service';
import { ScheduleProgram, usageFor } from './api/schedule-program';
import { PrismaScheduleRepository } from './infrastructure/schedule.repository.prisma';
import { ScheduleRepository } from './model/domain/interfaces/schedule.repository';
import { ScheduleManagement } from './model/services/schedule-management';

export { ScheduleProgram, usageFor };

/** The operator's program needs only a database. */
@Module({
  providers: [
    {
      provide: PrismaService,
      useFactory: () => new PrismaService(Config.databaseUrlOfProcess(), 'export-service-schedules'),
    },
    { provide: ScheduleRepository, useClass: PrismaScheduleRepository },
    ScheduleManagement,
    ScheduleProgram,
  ],
})
export class ScheduleProgramModule {}
