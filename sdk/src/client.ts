import { Api, type OpenApiClient } from './api.js';
import { Boards } from './boards.js';
import { Destinations } from './destinations.js';
import { Events } from './events.js';
import { Exports } from './exports.js';
import { Schedules } from './schedules.js';
import type { ClientOptions } from './transport.js';

export interface ExportClient {
  readonly exports: Exports;
  readonly schedules: Schedules;
  readonly destinations: Destinations;
  readonly events: Events;
  readonly boards: Boards;
  /** Everything else: a typed `fetch` for all routes, which returns errors as `openapi-fetch` does. */
  readonly api: OpenApiClient;
}

export function createClient(options: ClientOptions): ExportClient {
  const api = new Api(options);
  return {
    exports: new Exports(api),
    schedules: new Schedules(api),
    destinations: new Destinations(api),
    events: new Events(api),
    boards: new Boards(api),
    api: api.client,
  };
}
