import { IntersectionType } from '@nestjs/swagger';
import { CHANNEL_NAMES, CHANNELS } from '../channels';
import { DOWNLOAD } from '../model/domain/schedule-delivery';

/** What can happen to the file of each run of a schedule, besides being listed. */
export const DELIVERY_METHODS: readonly string[] = [DOWNLOAD, ...CHANNEL_NAMES];

const OPTIONS = CHANNELS.flatMap(({ schedule }) => schedule.options ?? []);

/** How the destination of a schedule is reached: the options of all channels that have a destination. */
export class DestinationOptionsBody extends IntersectionType(...OPTIONS.map(({ body }) => body)) {}

/** The same without secrets. */
export class DestinationOptionsResponse extends IntersectionType(...OPTIONS.map(({ response }) => response)) {}

export function toDestinationOptions(body: DestinationOptionsBody): object {
  return Object.assign({}, ...OPTIONS.map(({ toInput }) => toInput(body))) as object;
}
