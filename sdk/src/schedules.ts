import { type Api, unwrap } from './api.js';
import { type CallOptions, type CreateOptions, initOf, unwrapCreated } from './exports.js';
import type {
  Export,
  Schedule,
  ScheduleList,
  ScheduleListQuery,
  SchedulePreview,
  SchedulePreviewRequest,
  ScheduleRequest,
  ScheduleRunList,
  ScheduleRunListQuery,
} from './types.js';

/** `client.schedules`: exports that repeat. External systems have none. */
export class Schedules {
  constructor(private readonly api: Api) {}

  list(query: ScheduleListQuery = {}, options: CallOptions = {}): Promise<ScheduleList> {
    return unwrap(this.api.client.GET('/api/v1/exports/scheduled', { params: { query }, ...initOf(options) }));
  }

  get(id: string, options: CallOptions = {}): Promise<Schedule> {
    return unwrap(this.api.client.GET('/api/v1/exports/scheduled/{id}', at(id, options)));
  }

  create(body: ScheduleRequest, options: CreateOptions = {}): Promise<Schedule> {
    return unwrap(this.api.client.POST('/api/v1/exports/scheduled', { body, ...initOf(options) }));
  }

  /** When a schedule would run. Nothing is stored. */
  preview(body: SchedulePreviewRequest, options: CallOptions = {}): Promise<SchedulePreview> {
    return unwrap(this.api.client.POST('/api/v1/exports/scheduled/preview', { body, ...initOf(options) }));
  }

  replace(id: string, body: ScheduleRequest, options: CallOptions = {}): Promise<Schedule> {
    return unwrap(this.api.client.PUT('/api/v1/exports/scheduled/{id}', { body, ...at(id, options) }));
  }

  async remove(id: string, options: CallOptions = {}): Promise<void> {
    await unwrap(this.api.client.DELETE('/api/v1/exports/scheduled/{id}', at(id, options)));
  }

  /** Runs a schedule now. `client.exports.follow` follows the export that it returns. */
  run(id: string, options: CreateOptions = {}): Promise<Export> {
    return unwrapCreated(this.api.client.POST('/api/v1/exports/scheduled/{id}/run', at(id, options)));
  }

  pause(id: string, options: CallOptions = {}): Promise<Schedule> {
    return unwrap(this.api.client.POST('/api/v1/exports/scheduled/{id}/pause', at(id, options)));
  }

  resume(id: string, options: CallOptions = {}): Promise<Schedule> {
    return unwrap(this.api.client.POST('/api/v1/exports/scheduled/{id}/resume', at(id, options)));
  }

  /** What became of its runs, the newest first. */
  runs(id: string, query: ScheduleRunListQuery = {}, options: CallOptions = {}): Promise<ScheduleRunList> {
    const init = { params: { path: { id }, query }, ...initOf(options) };
    return unwrap(this.api.client.GET('/api/v1/exports/scheduled/{id}/runs', init));
  }
}

function at(id: string, options: CreateOptions) {
  return { params: { path: { id } }, ...initOf(options) };
}
