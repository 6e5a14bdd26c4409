import type { EventList, Export, ResultList } from '@export-service/client';
import { type PagedQuery, usePagedQuery } from '../../service/paged-query';
import { Turns } from '../../service/turns';
import { client } from '../../session/session';

export type EventSummary = EventList['results'][number];
export type ParticipantResult = ResultList['results'][number];

const EXPORTS_PAGE = 100;

export function useEvents(): PagedQuery<EventSummary> {
  return usePagedQuery((request, signal) => client.events.list(request, { signal }));
}

/** The participants of an event, each with the id that a list needs. */
export function useResults(eventId: string): PagedQuery<ParticipantResult & { readonly id: string }> {
  return usePagedQuery(async (request, signal) => {
    const page = await client.events.results(eventId, request, { signal });
    return { ...page, results: page.results.map((result) => ({ ...result, id: result.participant.id })) };
  });
}

/** The exports of the results of all events. The service does not filter them by event. */
export function useResultsExports(): PagedQuery<Export> {
  return usePagedQuery(
    (request, signal) => client.exports.list({ ...request, kind: 'event' }, { signal }),
    EXPORTS_PAGE,
  );
}

const turns = new Turns(3);

/** How many people take part. A list of events asks for each one. */
export function loadParticipants(eventId: string, signal: AbortSignal) {
  return turns.take(async () => (await client.events.get(eventId, { signal })).participants, signal);
}
