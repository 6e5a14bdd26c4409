import { Prisma } from '../../platform/database/generated/client';
import type { FinishedFile } from '../model/domain/finished-file';
import { daysToSeconds } from '../../export';

/**
 * When the file expires: after the requested retention, at most the configured one. Never before the time that the record
 * showed, even if the configured retention was lowered since. A file that replaces another expires with it.
 */
function keptUntil(retentionDays: number): Prisma.Sql {
  const usual = daysToSeconds(retentionDays);
  return Prisma.sql`CASE WHEN status = 'completed' THEN expires_at
    ELSE greatest(expires_at, now() + make_interval(secs => least(retention_seconds, ${usual}::integer))) END`;
}

/** The columns that publish a file and end the attempt. */
export function publishedFile(file: FinishedFile, retentionDays: number): Prisma.Sql {
  const records = Prisma.sql`${file.recordCount === null ? null : BigInt(file.recordCount)}::bigint`;
  return Prisma.sql`
    attempt_token = NULL, error = NULL, error_code = NULL, completed_at = now(),
    expires_at = ${file.object ? keptUntil(retentionDays) : Prisma.sql`NULL`},
    storage_key = ${file.object?.key ?? null}, content_type = ${file.object?.contentType ?? null}, file_name = ${file.name},
    file_size = ${BigInt(file.size)}, sha256 = ${file.sha256},
    record_count = ${records}, page_count = ${file.pageCount}::int, part_count = ${file.parts?.length ?? null}::int,
    read_connections = ${file.read?.connections ?? null}::int, read_ranges = ${file.read?.ranges ?? null}::int,
    warnings = ${file.warnings.map(({ text }) => text)}::text[],
    warning_codes = ${file.warnings.map(({ code }) => code)}::text[],
    progress_total = coalesce(progress_total, ${records}, progress_done),
    progress_done = coalesce(progress_total, ${records}, progress_done)`;
}
