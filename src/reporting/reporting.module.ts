import { Module } from '@nestjs/common';
import { ReportingController } from './api/reporting.controller';
import { PrismaReportingRepository } from './infrastructure/reporting.repository.prisma';
import { ReportingRepository } from './model/domain/reporting.repository';
import { ReportingService } from './model/services/reporting.service';

@Module({
  controllers: [ReportingController],
  providers: [{ provide: ReportingRepository, useClass: PrismaReportingRepository }, ReportingService],
})
export class ReportingModule {}
