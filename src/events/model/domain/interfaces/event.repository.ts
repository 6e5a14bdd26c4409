import type { Principal } from '../../../../platform/auth/principal';
import type { Page } from '../../../../platform/paging';
import type { Event, EventDetails } from '../event';
import type { ParticipantResult } from '../participant-result';

/** The events. Those that somebody else holds are not found. */
export abstract class EventRepository {
  abstract find(id: string, owner: Principal): Promise<Event | null>;

  abstract findDetails(id: string, owner: Principal): Promise<EventDetails | null>;

  /** Newest first. */
  abstract list(owner: Principal, size: number, cursor?: string): Promise<Page<Event>>;

  abstract countParticipants(eventId: string): Promise<number>;

  /** All who take part, newest first. A page whose answers are long has fewer of them than its size says. */
  abstract listResults(eventId: string, size: number, cursor?: string): Promise<Page<ParticipantResult>>;
}
