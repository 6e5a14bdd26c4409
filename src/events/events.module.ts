import { Module } from '@nestjs/common';
import { CustomerModule } from '../customer';
import { DeliveryModule } from '../delivery';
import { ExportModule } from '../export';
import { CustomerEventsController, EventsController } from './api/events.controller';
import { ResultsBody } from './api/results-export.dto';
import { PrismaEventRepository } from './infrastructure/event.repository.prisma';
import { ResultsSource } from './infrastructure/results.source';
import { EventRepository } from './model/domain/interfaces/event.repository';
import { EventService } from './model/services/event.service';
import { ResultsExportService } from './model/services/results-export.service';

/** Events (tests and competitions), their participants and results. */
@Module({
  imports: [ExportModule, DeliveryModule, CustomerModule],
  controllers: [EventsController, CustomerEventsController],
  providers: [
    { provide: EventRepository, useClass: PrismaEventRepository },
    EventService,
    ResultsExportService,
    ResultsSource,
    ResultsBody,
  ],
})
export class EventsModule {}
