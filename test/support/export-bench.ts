import { createExport } from '../../src/export/model/domain/export-request';
import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import type { Export } from '../../src/export/model/domain/export';
import type { Attempt } from '../../src/production/model/domain/interfaces/attempt.repository';
import { DividedExports } from '../../src/production/model/services/divided-exports';
import { ExportEstimates } from '../../src/preview/model/services/export-estimates';
import { ExportFiles } from '../../src/export/model/services/export-files';
import { ExportMetrics } from '../../src/export/model/services/export-metrics';
import { ProductionMetrics } from '../../src/production/model/services/production-metrics';
import { ExportProduction } from '../../src/production/model/services/export-production';
import { ExportRendering } from '../../src/production/model/services/export-rendering';
import { ExportRunner } from '../../src/production/model/services/export-runner';
import { ExportSlots } from '../../src/production/model/services/export-slots';
import { ExportSources } from '../../src/export/model/services/export-sources';
import { ExportZip } from '../../src/production/model/services/export-zip';
import { PartRunner } from '../../src/production/model/services/part-runner';
import { LinkSigner } from '../../src/platform/auth/link-signer';
import { ExportService } from '../../src/export/model/services/export.service';
import { ManifestSealer } from '../../src/production/model/services/manifest-sealer';
import { SigningKeys } from '../../src/platform/signing/signing-keys';
import { RunningWork } from '../../src/platform/work/running-work';
import { FakeAttemptRepository } from '../fakes/attempt.repository.fake';
import { FakeDownloadLeaseRepository } from '../fakes/download-lease.repository.fake';
import { FakeDividedProduction } from '../fakes/divided-production.fake';
import { FakeEstimateHistory } from '../fakes/estimate-history.fake';
import { FakeExportFileRepository } from '../fakes/export-file.repository.fake';
import { FakeExportQueue } from '../fakes/export-queue.fake';
import { FakeExportRepository } from '../fakes/export.repository.fake';
import { FakeRecords } from '../fakes/fake-records';
import { FakeFileStorage } from '../fakes/file-storage.fake';
import { FakeManifestRepository } from '../fakes/manifest.repository.fake';
import { FakeMaintenanceRepository } from '../fakes/maintenance.repository.fake';
import { FakeRetentionRepository } from '../fakes/retention.repository.fake';
import { FakePartRepository } from '../fakes/part.repository.fake';
import { FakeTextSource, FakeTextWriter } from '../fakes/text-source.fake';
import { claimExport } from './claims';
import { exportRequest } from './export-requests';
import { silenceLogs, testConfig, TestMetrics } from './test-config';

/** What differs from a source that gives two lines. */
export interface BenchTraits {
  readonly textOf?: ConstructorParameters<typeof FakeTextSource>[0];
  readonly beforeLine?: ConstructorParameters<typeof FakeTextWriter>[0];
  readonly announcedLines?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export const TEXT = 'id,amount\n1,5.00\n';

/** All that a service of exports is made of, as fakes that share their records. */
export function createExportBench({ textOf = () => TEXT, beforeLine, announcedLines, environment }: BenchTraits = {}) {
  silenceLogs();
  const config = testConfig(environment);
  const sealer = new ManifestSealer(new SigningKeys(config));
  const records = new FakeRecords(sealer);
  const shown = new TestMetrics();
  const { leaseSeconds, retentionDays } = config.exports;
  const terms = { leaseSeconds, retentionDays, downloadLeaseSeconds: config.downloads.leaseSeconds };
  const exports = new FakeExportRepository(records, terms);
  const sources = new ExportSources();
  const source = new FakeTextSource(textOf);
  sources.addSource(source);
  sources.addWriter(new FakeTextWriter(beforeLine, announcedLines));
  const storage = new FakeFileStorage();
  const rendering = new ExportRendering(sources, sealer);
  const metrics = new ExportMetrics(shown);
  const produced = new ProductionMetrics(shown, metrics);
  const queue = new FakeExportQueue();
  const attempts = new FakeAttemptRepository(records, terms);
  const maintenance = new FakeMaintenanceRepository(records, terms);
  const retention = new FakeRetentionRepository(records);
  const estimates = new ExportEstimates(sources, new FakeEstimateHistory(records), config);
  const running = new RunningWork(config);
  const parts = new FakePartRepository(records, terms);
  const divided = new FakeDividedProduction(storage);
  const slots = new ExportSlots(config.exports);
  const partRunner = new PartRunner(parts, attempts, divided, slots, storage, running, config);
  const leading = new DividedExports(divided, parts, partRunner, queue, storage);
  const production = new ExportProduction(rendering, storage);
  const manifests = new FakeManifestRepository(records);
  const partFiles = new FakeExportFileRepository(records);
  const zip = new ExportZip(partFiles, manifests, storage);
  const stepsOf = (id: string) => records.auditLog.filter(({ exportId }) => exportId === id);
  return {
    config,
    records,
    shown,
    exports,
    source,
    sources,
    manifests,
    rendering,
    estimates,
    storage,
    queue,
    metrics,
    produced,
    attempts,
    maintenance,
    retention,
    parts,
    partFiles,
    divided,
    partRunner,
    leading,
    files: new ExportFiles(exports, storage, new LinkSigner(config), zip),
    runner: new ExportRunner(attempts, sources, production, leading, slots, storage, queue, produced, config),
    service: new ExportService(exports, sources, estimates, queue, metrics, config),
    running,
    downloads: new FakeDownloadLeaseRepository(records, terms),

    /** Starts an attempt at the export, which has to be the next one, also after its worker fell silent. */
    claim: (id: string): Promise<Attempt | null> => claimExport({ attempts, maintenance }, id),

    /** A pending export. @returns its id */
    request: async (traits: Partial<RequestExport> = {}): Promise<string> =>
      (await createExport(exports, exportRequest(traits))).export.id,

    read: async (id: string): Promise<Export> => {
      const found = await exports.find(id);
      if (!found) throw new Error('The export is gone');
      return found;
    },

    /** The steps in an export's life, as the audit log names them. */
    stepsOf: (id: string): string[] => stepsOf(id).map(({ action }) => action),
    lastStepOf: (id: string): object | undefined => stepsOf(id).at(-1),
  };
}

export type ExportBench = ReturnType<typeof createExportBench>;
