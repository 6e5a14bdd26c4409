import type { AuthorizedRows } from '../../catalog';
import { type AuditEntry, recordAudit } from '../../platform/audit/audit-log';
import type { Person } from '../../platform/auth/principal';
import type { PauseCode, RunFailureCode } from '../model/domain/schedule-codes';
import type { PlannedDelivery } from '../../platform/outbox/planned-delivery';
import {
  Prisma,
  type Schedule as ScheduleRow,
  type ScheduleRun as RunRow,
} from '../../platform/database/generated/client';
import { jsonOf, type Transaction } from '../../platform/database/prisma.service';
import type { Frequency } from '../model/domain/recurrence/recurrence-rule';
import type { Schedule, ScheduleContent, ScheduleDefinition } from '../model/domain/schedule';
import { isOwner } from '../model/domain/schedule-rights';
import type { RunOutcome, RunTrigger, ScheduleRun } from '../model/domain/schedule-run';

export function toSchedule(row: ScheduleRow): Schedule {
  const { id, userId, tenantId, name, dataTypes, tables, columns, filters, options, format } = row;
  const { frequency, cron, at, weekday, dayOfMonth, timeZone } = row;
  return {
    id,
    userId,
    tenantId,
    name,
    content: { format, dataTypes, tables, columns, filters, options: options as ScheduleContent['options'] },
    granted: row.granted as unknown as AuthorizedRows,
    rule: { frequency: frequency as Frequency, cron, at, weekday, dayOfMonth, timeZone },
    delivery: {
      method: row.deliveryMethod,
      email: row.deliveryEmail,
      emailAddress: row.emailAddress,
      language: row.language,
      destination: row.destination,
      destinationOptions: row.destinationOptions as object | null,
      webhookUrl: row.webhookUrl,
    },
    deliveries: row.deliveries as unknown as PlannedDelivery[],
    notice: row.notice as unknown as PlannedDelivery | null,
    retentionSeconds: row.retentionSeconds,
    asAdmin: row.asAdmin,
    isActive: row.isActive,
    nextRunAt: row.nextRunAt,
    lastRunAt: row.lastRunAt,
    pausedReason: row.pausedReason,
    // A process of an earlier version that resumes a schedule leaves its code in place.
    pausedCode: row.pausedReason === null ? null : (row.pausedCode as PauseCode | null),
    skippedSlot: row.skippedSlot,
    adminSeenAt: row.adminSeenAt,
    failures: row.failures,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

export function toRun(row: RunRow): ScheduleRun {
  const { id, scheduleId, slot, exportId, error, errorCode, createdAt, endedAt } = row;
  return {
    id,
    scheduleId,
    slot,
    trigger: row.trigger as RunTrigger,
    exportId,
    outcome: row.outcome as RunOutcome | null,
    error,
    errorCode: error === null ? null : ((errorCode ?? 'unspecified') as RunFailureCode),
    createdAt,
    endedAt,
  };
}

/** The columns that an owner decides, except whether and when it runs. */
export function columnsOf({ content, rule, delivery, ...definition }: ScheduleDefinition) {
  return {
    name: definition.name,
    dataTypes: [...content.dataTypes],
    tables: [...content.tables],
    columns: orNull(content.columns),
    filters: orNull(content.filters),
    options: jsonOf(content.options),
    format: content.format,
    granted: jsonOf(definition.granted),
    asAdmin: definition.asAdmin,
    ...rule,
    deliveryMethod: delivery.method,
    deliveryEmail: delivery.email,
    emailAddress: delivery.emailAddress,
    language: delivery.language,
    destination: delivery.destination,
    destinationOptions: orNull(delivery.destinationOptions),
    webhookUrl: delivery.webhookUrl,
    deliveries: jsonOf(definition.deliveries),
    notice: orNull(definition.notice),
    retentionSeconds: definition.retentionSeconds,
  };
}

function orNull(value: unknown) {
  return value == null ? Prisma.DbNull : jsonOf(value);
}

/** A process that is paused while it holds the lock of a schedule must not block the ends of its exports. */
const MAX_LOCK_IDLE_MS = 2_000;

/** Selected with a lock: PostgreSQL ends the session of a transaction that is idle for longer. */
export const BOUND_LOCK = Prisma.sql`
  set_config('idle_in_transaction_session_timeout', ${String(MAX_LOCK_IDLE_MS)}, true)`;

/** Reads a schedule that no other transaction can change until this one ends. */
export async function lockSchedule(
  transaction: Transaction,
  id: string,
  condition: Prisma.Sql = Prisma.sql`true`,
): Promise<Schedule | null> {
  const rows = await transaction.$queryRaw<unknown[]>`
    SELECT ${BOUND_LOCK} FROM scheduled_exports WHERE id = ${id}::uuid AND ${condition} FOR UPDATE`;
  if (rows.length === 0) return null;
  return toSchedule(await transaction.schedule.findUniqueOrThrow({ where: { id } }));
}

/** The database's clock, as the transaction sees it. */
export async function nowIn(transaction: Transaction): Promise<Date> {
  const [row] = await transaction.$queryRaw<{ now: Date }[]>`SELECT date_trunc('milliseconds', now()) AS now`;
  if (!row) throw new Error('The database has no time');
  return row.now;
}

/** What a schedule exports, when and where to, for the audit log. Of a webhook only the host: its path may be a key. */
export function auditedOf({ granted, rule, delivery }: ScheduleDefinition): NonNullable<AuditEntry['details']> {
  const { method, destination, webhookUrl } = delivery;
  return {
    ...granted.audited,
    format: granted.format,
    frequency: rule.cron ?? rule.frequency,
    delivery: method,
    ...(destination !== null && { destination }),
    ...(webhookUrl !== null && { destination: new URL(webhookUrl).origin }),
  };
}

interface Step {
  /** `null` for the service itself and for the operator on the command line. */
  readonly by: Person | null;
  readonly run?: Pick<ScheduleRun, 'slot' | 'exportId'>;
  readonly details?: AuditEntry['details'];
}

/** Writes the audit entry of a step in the transaction of that step. */
export function recordStep(
  transaction: Transaction,
  schedule: Schedule,
  action: string,
  { by, run, details }: Step,
): Promise<void> {
  const { id, name, userId: owner, tenantId } = schedule;
  return recordAudit(transaction, {
    action: `schedule.${action}`,
    exportId: run?.exportId,
    scheduleId: id,
    userId: by?.userId ?? null,
    tenantId,
    details: {
      name,
      ...(!isOwner(schedule, by) && { owner }),
      ...(run?.slot && { slot: run.slot.toISOString() }),
      ...details,
    },
  });
}
