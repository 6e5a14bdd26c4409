import { Module } from '@nestjs/common';
import { Config } from '../platform/config/config';
import { PrismaService } from '../platform/database/prisma.service';
import { ScheduleProgram } from './api/schedule-program';
import { PrismaScheduleRepository } from './infrastructure/schedule.repository.prisma';
import { ScheduleRepository } from './model/domain/interfaces/schedule.repository';
import { ScheduleManagement } from './model/services/schedule-management';

export { usageFor } from './api/schedule-command';
export { ScheduleProgram };

/** What an operator's program needs: a database, and nothing else of the service. */
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
