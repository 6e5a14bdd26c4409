import type { FinishedFile } from '../../src/production/model/domain/finished-file';
import { daysToSeconds } from '../../src/export/model/domain/retention';
import type { ExportRecord } from './export-record';
import type { ExportTerms } from './export-terms';
import type { FakeClock } from './fake-clock';

/** Until when a file is kept that is made now. */
export function keptUntil(
  { retentionSeconds }: Pick<ExportRecord, 'retentionSeconds'>,
  clock: FakeClock,
  { retentionDays }: ExportTerms,
): Date {
  return clock.in(Math.min(retentionSeconds ?? Infinity, daysToSeconds(retentionDays)));
}

/** The columns that make a file visible, and end whatever attempt there was. */
export function publishedFile(
  { object, name, size, sha256, recordCount, pageCount, read, warnings, parts }: FinishedFile,
  record: ExportRecord,
  clock: FakeClock,
  terms: ExportTerms,
): Partial<ExportRecord> {
  const { progress } = record;
  const done = progress.total ?? recordCount ?? progress.done;
  const promised = record.expiresAt?.getTime() ?? 0;
  return {
    status: 'completed',
    attemptToken: null,
    error: null,
    errorCode: null,
    completedAt: clock.now(),
    expiresAt:
      object &&
      (record.status === 'completed'
        ? record.expiresAt
        : new Date(Math.max(promised, keptUntil(record, clock, terms).getTime()))),
    storageKey: object?.key ?? null,
    contentType: object?.contentType ?? null,
    fileName: name,
    fileSize: size,
    sha256,
    recordCount,
    pageCount,
    partCount: parts?.length ?? null,
    read,
    warnings: [...warnings],
    progress: { ...progress, done, total: done },
  };
}
