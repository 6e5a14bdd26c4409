import type { RequestExport } from '../../src/export/model/domain/commands/request-export.command';
import type { Export } from '../../src/export/model/domain/export';
import { ExportMetrics } from '../../src/export/model/services/export-metrics';
import { ExportSources } from '../../src/export/model/services/export-sources';
import { FakeAttemptRepository } from '../fakes/attempt.repository.fake';
import { FakeDownloadLeaseRepository } from '../fakes/download-lease.repository.fake';
import { FakeExportQueue } from '../fakes/export-queue.fake';
import { FakeExportRepository } from '../fakes/export.repository.fake';
import { FakeRecords } from '../fakes/fake-records';
import { FakeFileStorage } from '../fakes/file-storage.fake';
import { FakeMaintenanceRepository } from '../fakes/maintenance.repository.fake';
import { FakeTextSource, FakeTextWriter } from '../fakes/text-source.fake';
import { exportRequest } from './export-requests';
import { silenceLogs, testConfig, TestMetrics } from './test-config';

/** What differs from a source that gives two lines. */
export interface BenchTraits {
  readonly textOf?: ConstructorParameters<typeof FakeTextSource>[0];
  readonly beforeLine?: ConstructorParameters<typeof FakeTextWriter>[0];
  readonly environment?: Readonly<Record<string, string>>;
}

export const TEXT = 'id,amount\n1,5.00\n';

/** All that a service of exports is made of, as fakes that share their records. */
export class ExportBench {
  readonly records = new FakeRecords();
  readonly storage = new FakeFileStorage();
  readonly queue = new FakeExportQueue();
  readonly shown = new TestMetrics();
  readonly metrics = new ExportMetrics(this.shown);
  readonly sources = new ExportSources();
  readonly config;
  readonly exports;
  readonly attempts;
  readonly downloads;
  readonly maintenance;

  constructor({ textOf = () => TEXT, beforeLine, environment }: BenchTraits = {}) {
    silenceLogs();
    this.config = testConfig(environment);
    const { leaseSeconds, retentionDays } = this.config.exports;
    const terms = { leaseSeconds, retentionDays, downloadLeaseSeconds: this.config.downloads.leaseSeconds };
    this.exports = new FakeExportRepository(this.records, terms);
    this.attempts = new FakeAttemptRepository(this.records, terms);
    this.downloads = new FakeDownloadLeaseRepository(this.records, terms);
    this.maintenance = new FakeMaintenanceRepository(this.records, terms);
    this.sources.addSource(new FakeTextSource(textOf));
    this.sources.addWriter(new FakeTextWriter(beforeLine));
  }

  /** A pending export. @returns its id */
  async request(traits: Partial<RequestExport> = {}): Promise<string> {
    return (await this.exports.create(exportRequest(traits), null)).export.id;
  }

  async read(id: string): Promise<Export> {
    const found = await this.exports.find(id);
    if (!found) throw new Error('The export is gone');
    return found;
  }

  /** The steps in an export's life, as the audit log names them. */
  stepsOf(id: string): string[] {
    return this.records.auditLog.filter(({ exportId }) => exportId === id).map(({ action }) => action);
  }

  lastStepOf(id: string): object | undefined {
    return this.records.auditLog.filter(({ exportId }) => exportId === id).at(-1);
  }
}
