import { Module } from '@nestjs/common';
import { CustomerModule } from '../customer';
import { DeliveryModule } from '../delivery';
import { ExportModule } from '../export';
import { CustomerEventsController, EventsController } from './api/events.controller';
import { ResultsBody } from './api/results-export.dto';
import { EventsProductionModule } from './events-production.module';
import { EventService } from './model/services/event.service';
import { ResultsExportService } from './model/services/results-export.service';

/** Events (tests and competitions), their participants and results. */
@Module({
  imports: [ExportModule, DeliveryModule, CustomerModule, EventsProductionModule],
  controllers: [EventsController, CustomerEventsController],
  providers: [EventService, ResultsExportService, ResultsBody],
})
export class EventsModule {}
