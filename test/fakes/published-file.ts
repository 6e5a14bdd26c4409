import type { FinishedFile } from '../../src/export/model/domain/export';
import { secondsOfDays } from '../../src/export/model/domain/retention';
import type { ExportRecord } from './export-record';
import type { ExportTerms } from './export-terms';
import type { FakeClock } from './fake-clock';

/** The columns that make a file visible, and end whatever attempt there was. */
export function publishedFile(
  { object, name, size, sha256, recordCount, pageCount, warnings }: FinishedFile,
  { progress, retentionSeconds }: ExportRecord,
  clock: FakeClock,
  { retentionDays }: ExportTerms,
): Partial<ExportRecord> {
  const done = progress.total ?? recordCount ?? progress.done;
  const keptSeconds = Math.min(retentionSeconds ?? Infinity, secondsOfDays(retentionDays));
  return {
    status: 'completed',
    attemptToken: null,
    error: null,
    errorCode: null,
    completedAt: clock.now(),
    expiresAt: object && clock.in(keptSeconds),
    storageKey: object?.key ?? null,
    contentType: object?.contentType ?? null,
    fileName: name,
    fileSize: size,
    sha256,
    recordCount,
    pageCount,
    warnings: [...warnings],
    progress: { ...progress, done, total: done },
  };
}
