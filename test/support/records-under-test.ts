import { FakeAttemptRepository } from '../fakes/attempt.repository.fake';
import { ManifestSealer } from '../../src/production/model/services/manifest-sealer';
import { SigningKeys } from '../../src/platform/signing/signing-keys';
import { PrismaManifestRepository } from '../../src/production/infrastructure/manifest.repository.prisma';
import type { ManifestRepository } from '../../src/production/model/domain/interfaces/manifest.repository';
import { FakeManifestRepository } from '../fakes/manifest.repository.fake';
import { FakeDeliveryRepository } from '../fakes/delivery.repository.fake';
import { FakeDownloadLeaseRepository } from '../fakes/download-lease.repository.fake';
import { FakeExportRepository } from '../fakes/export.repository.fake';
import { FakeRecords } from '../fakes/fake-records';
import { FakeExportFileRepository } from '../fakes/export-file.repository.fake';
import { FakePartRepository } from '../fakes/part.repository.fake';
import { FakePictureRepository } from '../fakes/picture.repository.fake';
import { FakeRetentionRepository } from '../fakes/retention.repository.fake';
import { FakeMaintenanceRepository } from '../fakes/maintenance.repository.fake';
import { FakeScheduleRepository } from '../fakes/schedule.repository.fake';
import { FakeScheduleRunRepository } from '../fakes/schedule-run.repository.fake';
import { PrismaDeliveryRepository } from '../../src/delivery/infrastructure/delivery.repository.prisma';
import type { DeliveryRepository } from '../../src/delivery/model/domain/interfaces/delivery.repository';
import { PrismaAttemptRepository } from '../../src/production/infrastructure/attempt.repository.prisma';
import { PrismaExportRepository } from '../../src/export/infrastructure/export.repository.prisma';
import { PrismaDownloadLeaseRepository } from '../../src/export/infrastructure/download-lease.repository.prisma';
import { PrismaPictureRepository } from '../../src/production/infrastructure/picture.repository.prisma';
import { PrismaRetentionRepository } from '../../src/export/infrastructure/retention.repository.prisma';
import { PrismaMaintenanceRepository } from '../../src/production/infrastructure/maintenance.repository.prisma';
import { PrismaExportFileRepository } from '../../src/production/infrastructure/export-file.repository.prisma';
import type { ExportFileRepository } from '../../src/production/model/domain/interfaces/export-file.repository';
import { PrismaPartRepository } from '../../src/production/infrastructure/part.repository.prisma';
import type { PartRepository } from '../../src/production/model/domain/interfaces/part.repository';
import type { Attempt, AttemptRepository } from '../../src/production/model/domain/interfaces/attempt.repository';
import type { ExportRepository } from '../../src/export/model/domain/interfaces/export.repository';
import type { DownloadLeaseRepository } from '../../src/export/model/domain/interfaces/download-lease.repository';
import { PrismaPreviewLog } from '../../src/preview/infrastructure/preview-log.prisma';
import type { PreviewLog } from '../../src/preview/model/domain/interfaces/preview-log';
import { FakePreviewLog } from '../fakes/preview-log.fake';
import type { PictureRepository } from '../../src/production/model/domain/interfaces/picture.repository';
import type { RetentionRepository } from '../../src/export/model/domain/interfaces/retention.repository';
import type { MaintenanceRepository } from '../../src/production/model/domain/interfaces/maintenance.repository';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { RateLimitUses } from '../../src/platform/database/rate-limit-uses';
import { PrismaScheduleRepository } from '../../src/scheduled-export/infrastructure/schedule.repository.prisma';
import { PrismaScheduleRunRepository } from '../../src/scheduled-export/infrastructure/schedule-run.repository.prisma';
import type { ScheduleRepository } from '../../src/scheduled-export/model/domain/interfaces/schedule.repository';
import type { ScheduleRunRepository } from '../../src/scheduled-export/model/domain/interfaces/schedule-run.repository';
import { claimExport } from './claims';
import { createTestDatabase } from './test-database';
import { testConfig } from './test-config';

export const LEASE_SECONDS = 10;
export const RETENTION_DAYS = 7;
export const DOWNLOAD_LEASE_SECONDS = 10;
export const POLL_INTERVAL_MS = 2_000;
export const RUNS_PER_DAY = 5;
export const ADMIN_RIGHT_DAYS = 30;

/** An entry of the audit log, but for when and for which request it was written. */
export interface AuditedStep {
  readonly action: string;
  readonly userId: string | null;
  readonly tenantId: string | null;
  readonly customerId: string | null;
  readonly details: unknown;
}

export interface PostedMessage {
  readonly event: string;
  readonly channel: string;
  readonly target: unknown;
}

/** The repositories of one database, or of what stands in for it, and how a test looks behind them. */
export interface RecordsUnderTest {
  readonly exports: ExportRepository;
  readonly attempts: AttemptRepository;
  readonly parts: PartRepository;
  readonly files: ExportFileRepository;
  readonly downloads: DownloadLeaseRepository;
  readonly maintenance: MaintenanceRepository;
  readonly retention: RetentionRepository;
  readonly pictures: PictureRepository;
  readonly previews: PreviewLog;
  readonly deliveries: DeliveryRepository;
  readonly schedules: ScheduleRepository;
  readonly runs: ScheduleRunRepository;
  readonly manifests: ManifestRepository;
  /** Starts an attempt at the export, which has to be the next one, also after its worker fell silent. */
  claim(exportId: string): Promise<Attempt | null>;
  /** Cancels an export as a process of an earlier version does, without the outcome of its run. */
  cancelAsBefore(exportId: string): Promise<void>;
  /** The time as the records know it. */
  now(): Date;
  /** Lets time pass: whatever is written down lies so many seconds further back. */
  advance(seconds: number): Promise<void>;
  /** What was done to an export or a schedule, the oldest first. */
  auditOf(id: string): Promise<AuditedStep[]>;
  /** What the outbox says of an export or a schedule. */
  messagesOf(id: string): Promise<PostedMessage[]>;
  /** The prefixes of the files that are to be removed from storage. */
  fileRemovals(): Promise<string[]>;
  /** Deletes everything except the append-only audit log. */
  clear(): Promise<void>;
  end(): Promise<void>;
}

export type CreateRecords = () => Promise<RecordsUnderTest>;

export function createFakeRecords(): Promise<RecordsUnderTest> {
  const records = new FakeRecords();
  const downloadLeaseSeconds = DOWNLOAD_LEASE_SECONDS;
  const terms = { leaseSeconds: LEASE_SECONDS, retentionDays: RETENTION_DAYS, downloadLeaseSeconds };
  const attempts = new FakeAttemptRepository(records, terms);
  const maintenance = new FakeMaintenanceRepository(records, terms);
  return Promise.resolve({
    exports: new FakeExportRepository(records, terms),
    pictures: new FakePictureRepository(records, terms),
    previews: new FakePreviewLog(records),
    retention: new FakeRetentionRepository(records),
    downloads: new FakeDownloadLeaseRepository(records, terms),
    attempts,
    manifests: new FakeManifestRepository(records),
    parts: new FakePartRepository(records, terms),
    files: new FakeExportFileRepository(records),
    maintenance,
    claim: (id) => claimExport({ attempts, maintenance }, id),
    deliveries: new FakeDeliveryRepository(records, LEASE_SECONDS),
    schedules: new FakeScheduleRepository(records),
    runs: new FakeScheduleRunRepository(records, {
      schedules: { runsPerDay: RUNS_PER_DAY, adminRightDays: ADMIN_RIGHT_DAYS },
    }),
    cancelAsBefore: (id) => {
      Object.assign(records.exports.get(id)!, { status: 'cancelled', attemptToken: null });
      return Promise.resolve();
    },
    now: () => records.clock.now(),
    advance: (seconds) => {
      records.clock.advance(seconds);
      return Promise.resolve();
    },
    auditOf: (id) =>
      Promise.resolve(
        records.auditLog
          .filter(({ exportId, scheduleId }) => exportId === id || scheduleId === id)
          .map(({ action, userId, tenantId, customerId = null, details = {} }) => ({
            action,
            userId,
            tenantId,
            customerId,
            details,
          })),
      ),
    messagesOf: (id) =>
      Promise.resolve(
        [...records.outbox.values()]
          .filter(({ message }) => message.exportId === id || message.scheduleId === id)
          .map(({ event, channel, message: { target } }) => ({ event, channel, target })),
      ),
    fileRemovals: () => Promise.resolve([...records.fileRemovals]),
    clear: () => {
      records.fileRemovals.length = 0;
      for (const table of [records.exports, records.outbox, records.schedules, records.runs]) table.clear();
      records.idempotencyKeys.clear();
      records.parts = [];
      records.files.clear();
      return Promise.resolve();
    },
    end: () => Promise.resolve(),
  });
}

/** Every column with a time, by its table. */
const TIMES = {
  exports: [
    'heartbeat_at',
    'enqueue_after',
    'retry_at',
    'download_lease',
    'downloaded_at',
    'expires_at',
    'created_at',
    'updated_at',
    'started_at',
    'completed_at',
  ],
  export_parts: ['heartbeat_at', 'retry_at'],
  export_deliveries: ['lease', 'next_attempt_at', 'created_at', 'ended_at'],
  scheduled_exports: ['next_run_at', 'last_run_at', 'skipped_slot', 'admin_seen_at', 'created_at', 'updated_at'],
  scheduled_export_runs: ['look_after', 'created_at', 'ended_at'],
  idempotency_keys: ['created_at'],
  export_audit_log: ['at'],
};

export async function createPrismaRecords(): Promise<RecordsUnderTest> {
  const database = await createTestDatabase();
  const config = testConfig({
    DATABASE_URL: database.url,
    EXPORT_LEASE_SECONDS: String(LEASE_SECONDS),
    RETENTION_DAYS: String(RETENTION_DAYS),
    DOWNLOAD_LEASE_SECONDS: String(DOWNLOAD_LEASE_SECONDS),
    POLL_INTERVAL_MS: String(POLL_INTERVAL_MS),
    SCHEDULED_RUNS_PER_DAY: String(RUNS_PER_DAY),
    ADMIN_RIGHT_DAYS: String(ADMIN_RIGHT_DAYS),
  });
  const prisma = new PrismaService(database.url, 'records-under-test');
  // The audit log is only ever added to. Here time has to pass for it as well.
  await prisma.$executeRaw`ALTER TABLE export_audit_log DISABLE TRIGGER USER`;
  const sealer = new ManifestSealer(new SigningKeys(config));
  const attempts = new PrismaAttemptRepository(prisma, sealer, config);
  const maintenance = new PrismaMaintenanceRepository(prisma, config);
  return {
    exports: new PrismaExportRepository(prisma, config),
    pictures: new PrismaPictureRepository(prisma, sealer, config),
    previews: new PrismaPreviewLog(prisma),
    retention: new PrismaRetentionRepository(prisma),
    downloads: new PrismaDownloadLeaseRepository(prisma, config),
    attempts,
    manifests: new PrismaManifestRepository(prisma),
    parts: new PrismaPartRepository(prisma, config),
    files: new PrismaExportFileRepository(prisma),
    maintenance,
    claim: (id) => claimExport({ attempts, maintenance }, id),
    deliveries: new PrismaDeliveryRepository(prisma, config),
    schedules: new PrismaScheduleRepository(prisma),
    runs: new PrismaScheduleRunRepository(prisma, config, new RateLimitUses(prisma)),
    cancelAsBefore: async (id) => {
      await prisma.export.update({ where: { id }, data: { status: 'cancelled', attemptToken: null } });
    },
    now: () => new Date(),
    advance: (seconds) => shiftTimes(prisma, seconds),
    auditOf: (id) =>
      prisma.auditEntry.findMany({
        where: { OR: [{ exportId: id }, { scheduleId: id }] },
        select: { action: true, userId: true, tenantId: true, customerId: true, details: true },
        orderBy: { id: 'asc' },
      }),
    messagesOf: (id) =>
      prisma.delivery.findMany({
        where: { OR: [{ exportId: id }, { scheduleId: id }] },
        select: { event: true, channel: true, target: true },
        orderBy: { id: 'asc' },
      }),
    fileRemovals: async () => (await prisma.fileRemoval.findMany()).map(({ prefix }) => prefix),
    clear: async () => {
      await prisma.$executeRaw`
        WITH exports AS (DELETE FROM exports), deliveries AS (DELETE FROM export_deliveries),
          keys AS (DELETE FROM idempotency_keys), parts AS (DELETE FROM export_parts), files AS (DELETE FROM export_files), removals AS (DELETE FROM file_removals)
        DELETE FROM scheduled_exports`;
    },
    end: async () => {
      await prisma.$disconnect();
      await database.drop();
    },
  };
}

async function shiftTimes(prisma: PrismaService, seconds: number): Promise<void> {
  const statements = Object.entries(TIMES).map(([table, columns]) => {
    const changes = columns.map((column) => `${column} = ${column} - make_interval(secs => ${seconds})`);
    return prisma.$executeRawUnsafe(`UPDATE ${table} SET ${changes.join(', ')}`);
  });
  // In two steps, far apart: one slot must not take the place of another that has not been moved yet.
  const far = prisma.$executeRaw`UPDATE scheduled_export_runs SET slot = slot - make_interval(days => 365000)`;
  const back = prisma.$executeRaw`
    UPDATE scheduled_export_runs SET slot = slot + make_interval(days => 365000) - make_interval(secs => ${seconds})`;
  const uses = prisma.$executeRaw`
    UPDATE rate_limit_uses SET used_at = ARRAY(SELECT use - make_interval(secs => ${seconds}) FROM unnest(used_at) AS use)`;
  await prisma.$transaction([...statements, far, back, uses]);
}
