import { Module, type OnModuleInit } from '@nestjs/common';
import { CustomerModule } from '../customer';
import { DeliveryModule } from '../delivery';
import { ExportModule, ExportSources } from '../export';
import { EventResponder } from './api/event-responder';
import { EventsCustomerController } from './api/events-customer.controller';
import { EventsController } from './api/events.controller';
import { PrismaEventRepository } from './infrastructure/event.repository.prisma';
import { ResultsSource } from './infrastructure/results.source';
import { EventRepository } from './model/domain/interfaces/event.repository';
import { EventService } from './model/services/event.service';
import { ResultsExportService } from './model/services/results-export.service';

/** Tests and competitions: what they were, who took part, and what came of it. */
@Module({
  imports: [ExportModule, DeliveryModule, CustomerModule],
  controllers: [EventsController, EventsCustomerController],
  providers: [
    { provide: EventRepository, useClass: PrismaEventRepository },
    EventService,
    ResultsExportService,
    ResultsSource,
    EventResponder,
  ],
})
export class EventsModule implements OnModuleInit {
  constructor(
    private readonly sources: ExportSources,
    private readonly results: ResultsSource,
  ) {}

  onModuleInit(): void {
    this.sources.addSource(this.results);
  }
}
