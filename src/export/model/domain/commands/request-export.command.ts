import type { Principal } from '../../../../platform/auth/principal';
import type { RateLimit } from '../../../../platform/rate-limit';
import type { DeliveryPlan } from '../../../../platform/outbox/planned-delivery';
import type { ExportFormat, ExportOptions, Progress } from '../../../../formats';
import type { ExportKind } from '../export-kind';
import type { RecordOwner } from '../record-owner';

/** Asks for an export that the caller is known to have a right to. */
export interface RequestExport {
  /** Which id it shall have, for who must find it again; a repeat makes no second one. Any id where it is left out. */
  readonly id?: string;
  readonly caller: Principal;
  /** To whom it will belong: to the caller, unless it is made of something that others own too. */
  readonly owner: RecordOwner;
  readonly kind: ExportKind;
  /** `null` where the kind knows no types. */
  readonly type: string | null;
  readonly format: ExportFormat;
  readonly options: ExportOptions;
  readonly sessionId: string | null;
  readonly eventId: string | null;
  /** Which schedule it is a run of. */
  readonly scheduleId: string | null;
  /** Whether the first complete download deletes the file. */
  readonly oneTime: boolean;
  readonly dataTypes: readonly string[];
  readonly filters: unknown;
  readonly delivery: DeliveryPlan;
  /** For how many seconds the file is kept; the usual time where it is `null`. */
  readonly retentionSeconds: number | null;
  /** What is known of the work to come; the true figures follow when it begins. */
  readonly expected: Progress;
  /** How many exports of this kind the caller may request; `null` for no limit. */
  readonly rateLimit: RateLimit | null;
  /** The limit of the external system that owns the export too, where a person requests it. */
  readonly customerRateLimit?: RateLimit | null;
  /** What the audit log tells of it beyond kind, type and format. */
  readonly audited: Readonly<Record<string, string>>;
  /** The client's own name for this request, under which a repeat is recognised. */
  readonly idempotencyKey: string | null;
}
