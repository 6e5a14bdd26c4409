import { Prisma } from '../../platform/database/generated/client';
import type { FinishedFile } from '../model/domain/export';
import { daysToSeconds } from '../model/domain/retention';

/**
 * When the file expires: after the requested retention, at most the configured one. Never before the time that the record
 * showed, though the configured retention was lowered since. A file that takes the place of another is kept no longer than that one.
 */
function keptUntil(retentionDays: number): Prisma.Sql {
  const usual = daysToSeconds(retentionDays);
  return Prisma.sql`CASE WHEN status = 'completed' THEN expires_at
    ELSE greatest(expires_at, now() + make_interval(secs => least(retention_seconds, ${usual}::integer))) END`;
}

/** The columns that make a file visible, and end whatever attempt there was. */
export function publishedFile(file: FinishedFile, retentionDays: number): Prisma.Sql {
  const records = Prisma.sql`${file.recordCount === null ? null : BigInt(file.recordCount)}::bigint`;
  return Prisma.sql`
    attempt_token = NULL, error = NULL, error_code = NULL, completed_at = now(),
    expires_at = ${file.object ? keptUntil(retentionDays) : Prisma.sql`NULL`},
    storage_key = ${file.object?.key ?? null}, content_type = ${file.object?.contentType ?? null}, file_name = ${file.name},
    file_size = ${BigInt(file.size)}, sha256 = ${file.sha256},
    record_count = ${records}, page_count = ${file.pageCount}::int,
    warnings = ${file.warnings.map(({ text }) => text)}::text[],
    warning_codes = ${file.warnings.map(({ code }) => code)}::text[],
    progress_total = coalesce(progress_total, ${records}, progress_done),
    progress_done = coalesce(progress_total, ${records}, progress_done)`;
}
