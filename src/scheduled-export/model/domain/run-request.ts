import type { ScheduledRunRequest } from '../../../export';
import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { StartedRun } from './interfaces/schedule-run.repository';
import { TimeZone } from '../../../platform/time/time-zone';
import { MAX_NAME_LENGTH } from './schedule-name';

/** The export that a run asks for: always the same one, however often it is asked for. */
export function toRunRequest({ run, schedule }: StartedRun): ScheduledRunRequest {
  const { name, granted, rule, userId, tenantId, retentionSeconds } = schedule;
  const moment = run.slot ?? run.createdAt;
  const date = dateIn(rule.timeZone, moment);
  return {
    id: run.exportId,
    scheduleId: schedule.id,
    owner: { userId, tenantId },
    format: granted.format,
    dataTypes: granted.dataTypes,
    filters: granted.filters,
    options: { ...granted.options, as_of: moment.toISOString(), title: titleOf(name, date) },
    audited: granted.audited,
    delivery: { deliveries: schedule.deliveries.map((delivery) => dated(delivery, name, date)), asked: null },
    retentionSeconds,
  };
}

/** A hundred characters at most: more of a title is cut off where a file is named after it, and the date with it. */
function titleOf(name: string, date: string): string {
  const characters = Array.from(name).slice(0, MAX_NAME_LENGTH - date.length - 1);
  return `${characters.join('')}_${date}`;
}

/** A file that is put somewhere is named by its schedule and its day. */
function dated(delivery: PlannedDelivery, name: string, date: string): PlannedDelivery {
  if (delivery.channel !== 's3') return delivery;
  return { ...delivery, target: { ...delivery.target, name, date } };
}

/** `YYYY-MM-DD` */
function dateIn(timeZone: string, moment: Date): string {
  const civil = TimeZone.find(timeZone)?.civilAt(moment.getTime()) ?? moment.getTime();
  return new Date(civil).toISOString().slice(0, 10);
}
