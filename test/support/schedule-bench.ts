import type { CatalogForScheduledExport, AuthorizedRows, ScheduledRows } from '../../src/catalog';
import type { AddressedPerson } from '../../src/delivery/channels/email/address-book';
import { DeliveryChannels } from '../../src/delivery/model/services/delivery-channels';
import { DeliveriesForScheduledExport } from '../../src/delivery/model/services/out.for-scheduled-export.service';
import { ExportsForScheduledExport } from '../../src/export/model/services/out.for-scheduled-export.service';
import type { UserPrincipal } from '../../src/platform/auth/principal';
import { accessToOwn } from '../../src/scheduled-export/model/domain/schedule-rights';
import type { Schedule } from '../../src/scheduled-export/model/domain/schedule';
import { FakeAddressBook } from '../fakes/address-book.fake';
import { createPlanningEmailChannel, FakeBucketChannel, FakeWebhookChannel } from '../fakes/delivery-channels.fake';
import { FakeDeliveryRepository } from '../fakes/delivery.repository.fake';
import { FakeScheduleRunRepository } from '../fakes/schedule-run.repository.fake';
import { FakeScheduleRepository } from '../fakes/schedule.repository.fake';
import { createExportBench } from './export-bench';
import { finishedFile } from './export-requests';
import { scheduleDefinition, createUser } from './schedule-definitions';

const MAIL = { SMTP_URL: 'smtp://localhost', MAIL_FROM: 'exports@example.com' };

/** Authorizes every request, unless a test sets a refusal. */
export class PermissiveCatalog {
  refusal: Error | null = null;

  check(_: UserPrincipal, { format, dataTypes, filters, options }: ScheduledRows): Promise<AuthorizedRows> {
    if (this.refusal) return Promise.reject(this.refusal);
    return Promise.resolve({ format: format as 'csv', dataTypes, filters, options: { ...options }, audited: {} });
  }
}

/** The dependencies of the schedule services, as fakes that share their records. */
export function createScheduleBench(
  environment: Readonly<Record<string, string>> = {},
  administrators: readonly AddressedPerson[] = [],
) {
  const bench = createExportBench({ environment: { ...MAIL, ...environment } });
  const { records, exports, sources, config } = bench;
  const ann = createUser({ email: 'ann@example.com' });
  const outbox = new FakeDeliveryRepository(records, config.exports.leaseSeconds);
  const buckets = new FakeBucketChannel();
  const mail = createPlanningEmailChannel(new FakeAddressBook({}, administrators), config);
  const channels = new DeliveryChannels([mail, new FakeWebhookChannel(), buckets]);
  const schedules = new FakeScheduleRepository(records);
  return {
    ...bench,
    ann,
    outbox,
    buckets,
    schedules,
    runs: new FakeScheduleRunRepository(records, config),
    catalog: new PermissiveCatalog(),
    exporting: new ExportsForScheduledExport(bench.service, sources, exports),
    delivering: new DeliveriesForScheduledExport(channels, outbox),

    /** A schedule of Ann's. */
    make: async (traits: Parameters<typeof scheduleDefinition>[0] = {}): Promise<Schedule> =>
      (await schedules.create(scheduleDefinition(traits), ann, null)).schedule,

    readSchedule: async ({ id }: Schedule): Promise<Schedule> => {
      const found = await schedules.find(id, accessToOwn(ann));
      if (!found) throw new Error('The schedule is gone');
      return found;
    },

    /** Has a worker complete an export. */
    complete: async (exportId: string): Promise<void> => {
      const attempt = await bench.claim(exportId);
      if (attempt) await bench.attempts.finish(attempt, finishedFile(exportId));
    },
  };
}

/** The fake as the public API of the catalog. */
export function asCatalog(catalog: PermissiveCatalog): CatalogForScheduledExport {
  return catalog as unknown as CatalogForScheduledExport;
}
