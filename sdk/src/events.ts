import { type Api, unwrap } from './api.js';
import { type CallOptions, initOf } from './exports.js';
import type { EventDetails, EventList, EventListQuery, ResultList, ResultListQuery } from './types.js';

/** `client.events`: the events whose results the caller may export. */
export class Events {
  constructor(private readonly api: Api) {}

  list(query: EventListQuery = {}, options: CallOptions = {}): Promise<EventList> {
    const path = this.api.path('/api/v1/events');
    return unwrap(this.api.client.GET(path, { params: { query }, ...initOf(options) }));
  }

  get(id: string, options: CallOptions = {}): Promise<EventDetails> {
    const path = this.api.path('/api/v1/events/{id}');
    return unwrap(this.api.client.GET(path, { params: { path: { id } }, ...initOf(options) }));
  }

  /** The participants with their results and answers. */
  results(id: string, query: ResultListQuery = {}, options: CallOptions = {}): Promise<ResultList> {
    const path = this.api.path('/api/v1/events/{id}/results');
    return unwrap(this.api.client.GET(path, { params: { path: { id }, query }, ...initOf(options) }));
  }
}
