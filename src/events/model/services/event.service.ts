import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/paging';
import type { Event, EventDetails } from '../domain/event';
import { EventRepository } from '../domain/interfaces/event.repository';
import type { ParticipantResult } from '../domain/participant-result';

/** The events of whoever asks: an organiser's own, or those held for an external system. */
@Injectable()
export class EventService {
  constructor(private readonly events: EventRepository) {}

  /** @throws DomainError not-found, also for an id that is none */
  async get(id: string, caller: Principal): Promise<Event> {
    return found(isUUID(id) ? await this.events.find(id, caller) : null);
  }

  /** @throws DomainError not-found */
  async getDetails(id: string, caller: Principal): Promise<EventDetails> {
    return found(isUUID(id) ? await this.events.findDetails(id, caller) : null);
  }

  list(caller: Principal, size: number, cursor?: string): Promise<Page<Event>> {
    return this.events.list(caller, size, cursor);
  }

  /** @throws DomainError not-found */
  async listResults(id: string, caller: Principal, size: number, cursor?: string): Promise<Page<ParticipantResult>> {
    const event = await this.get(id, caller);
    return this.events.listResults(event.id, size, cursor);
  }
}

function found<Found>(event: Found | null): Found {
  if (event === null) throw DomainError.notFound('Event');
  return event;
}
