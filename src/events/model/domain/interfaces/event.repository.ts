import type { Principal } from '../../../../platform/auth/principal';
import type { Page } from '../../../../platform/paging';
import type { Event, EventDetails } from '../event';
import type { ParticipantResult } from '../participant-result';

/** Reads events. A principal does not find the events of others. */
export abstract class EventRepository {
  abstract find(id: string, principal: Principal): Promise<Event | null>;

  abstract findDetails(id: string, principal: Principal): Promise<EventDetails | null>;

  /** Newest first. */
  abstract list(principal: Principal, size: number, cursor?: string): Promise<Page<Event>>;

  abstract countParticipants(eventId: string): Promise<number>;

  /** All participants, newest first. A page has fewer items than `size` if answers are long. */
  abstract listResults(eventId: string, size: number, cursor?: string): Promise<Page<ParticipantResult>>;
}
