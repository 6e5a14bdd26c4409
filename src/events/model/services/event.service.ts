import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/paging';
import type { Event, EventDetails } from '../domain/event';
import { EventRepository } from '../domain/interfaces/event.repository';
import type { ParticipantResult } from '../domain/participant-result';

/** Reads the events of a principal: those that a user organizes, or those of an external system. */
@Injectable()
export class EventService {
  constructor(private readonly events: EventRepository) {}

  /** @throws DomainError not-found, also for a malformed id */
  async get(id: string, principal: Principal): Promise<Event> {
    return found(isUUID(id) ? await this.events.find(id, principal) : null);
  }

  /** @throws DomainError not-found */
  async getDetails(id: string, principal: Principal): Promise<EventDetails> {
    return found(isUUID(id) ? await this.events.findDetails(id, principal) : null);
  }

  list(principal: Principal, size: number, cursor?: string): Promise<Page<Event>> {
    return this.events.list(principal, size, cursor);
  }

  /** @throws DomainError not-found */
  async listResults(id: string, principal: Principal, size: number, cursor?: string): Promise<Page<ParticipantResult>> {
    const event = await this.get(id, principal);
    return this.events.listResults(event.id, size, cursor);
  }
}

function found<Found>(event: Found | null): Found {
  if (event === null) throw DomainError.notFound('Event');
  return event;
}
