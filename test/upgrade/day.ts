import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportRecord } from '../support/client';
import type { ScheduleRecord } from '../support/schedules';

/** Who did something that day: a user with the claims of their tokens, or an external system. */
export type Principal =
  | {
      readonly kind: 'user';
      readonly sub: string;
      readonly tenant?: string;
      readonly roles?: readonly string[];
      readonly email?: string;
    }
  | { readonly kind: 'customer'; readonly id: string; readonly secret: string };

/** An external system with its secrets, as `npm run customer` printed them. */
export interface DayCustomer {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  /** Replaced that day; valid until its grace period ends. */
  readonly previousSecret: string | null;
  readonly isActive: boolean;
}

/** An export as its owner saw it at the end of the day. */
export interface DayExport {
  readonly owner: Principal;
  readonly record: ExportRecord & { readonly one_time?: boolean };
}

/** A creating request under an idempotency key, and what it was answered. */
export interface DayRequest {
  readonly owner: Principal;
  readonly path: string;
  readonly body: object;
  readonly key: string;
  readonly id: string;
  /** The same request with something changed, and how that was answered. */
  readonly changed: { readonly body: object; readonly status: number; readonly code: string };
}

export interface DayBoard {
  readonly id: string;
  readonly owner: Principal;
  readonly name: string;
  /** Of the JSON text of its state. */
  readonly stateSha256: string;
  /** The link to its thumbnail, where it has one. */
  readonly thumbnail: string | null;
}

export interface DaySchedule {
  readonly owner: Principal;
  readonly record: ScheduleRecord & Readonly<Record<string, unknown>>;
  /** What its webhooks are signed with. */
  readonly webhookSecret: string | null;
  /** How many runs it had. */
  readonly runs: number;
}

/** A delivery that was not made yet. */
export interface DayDelivery {
  readonly owner: Principal;
  readonly exportId: string;
  readonly id: string;
  readonly channel: 'email' | 'webhook' | 's3';
  readonly attempts: number;
  readonly webhookSecret: string | null;
}

export interface BucketDay {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What was in the buckets, by `bucket/key`. */
  readonly objects: Readonly<Record<string, { readonly sha256: string; readonly exportId: string | null }>>;
}

/** What the operator and the clients of that day hold; everything else is in the dump. */
export interface Day {
  readonly release: string;
  readonly commit: string;
  readonly seed: number;
  readonly dumpedAt: string;
  /** The settings that an operator takes over to the next release, secrets included. */
  readonly environment: Readonly<Record<string, string>>;
  readonly webhookPort: number;
  readonly bucketPort: number;
  readonly bucket: BucketDay;
  readonly customers: readonly DayCustomer[];
  readonly exports: readonly DayExport[];
  /** Links that work for as long as the file is there, from mails. */
  readonly lastingLinks: readonly { readonly exportId: string; readonly url: string }[];
  readonly requests: readonly DayRequest[];
  readonly boards: readonly DayBoard[];
  readonly schedules: readonly DaySchedule[];
  readonly deliveries: readonly DayDelivery[];
  readonly oneTime: { readonly free: string; readonly leased: string; readonly downloaded: string };
  /** Exports whose worker was killed. */
  readonly running: readonly string[];
  readonly pending: readonly string[];
  /** A user who had used up the limit, and the request that was refused. */
  readonly limited: { readonly owner: Principal; readonly path: string; readonly body: object };
  /** Somebody who failed to prove that they are this customer until they were held back. */
  readonly blockedCustomerId: string;
  readonly audit: { readonly count: number; readonly digest: string };
}

/** The day that is kept with the tests; `UPGRADE_DAY` names the folder of another. */
export const DAY_FOLDER = process.env['UPGRADE_DAY'] ?? join(__dirname, 'days/0.1.0');

export function readDay(folder = DAY_FOLDER): Day {
  return JSON.parse(readFileSync(join(folder, 'day.json'), 'utf8')) as Day;
}

/** Identifies the audit log as it was: a hash over all of its rows up to a number. */
export const AUDIT_DIGEST = `
  SELECT count(*)::int AS count,
         md5(coalesce(string_agg(concat_ws('|', id, action, export_id, user_id, tenant_id, customer_id, schedule_id,
                                           request_id, address, details::text), E'\\n' ORDER BY id), '')) AS digest
  FROM (SELECT * FROM export_audit_log ORDER BY id LIMIT $1) AS entries`;
