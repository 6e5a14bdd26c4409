import { type Api, unwrap } from './api.js';
import { type CallOptions, initOf } from './exports.js';
import type { DestinationTest, DestinationTestRequest } from './types.js';

/** `client.destinations`: where schedules deliver files. External systems have none. */
export class Destinations {
  constructor(private readonly api: Api) {}

  /** Tests a destination step by step. It takes up to 20 seconds. */
  test(body: DestinationTestRequest, options: CallOptions = {}): Promise<DestinationTest> {
    return unwrap(this.api.client.POST('/api/v1/exports/destinations/test', { body, ...initOf(options) }));
  }
}
