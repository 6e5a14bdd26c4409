import { Module } from '@nestjs/common';
import { PrismaEventRepository } from './infrastructure/event.repository.prisma';
import { ResultsSource } from './infrastructure/results.source';
import { EventRepository } from './model/domain/interfaces/event.repository';

/** The source of results, in the main thread and in production threads. */
@Module({
  providers: [{ provide: EventRepository, useClass: PrismaEventRepository }, ResultsSource],
  exports: [EventRepository],
})
export class EventsProductionModule {}
