import type { Party } from '../../../../platform/auth/caller';
import type { RateLimit } from '../../../../platform/config/rate-limit';
import type { ExportOptions, Progress } from '../export';
import type { ExportFormat, ExportKind } from '../export-format';
import type { RecordOwner } from '../record-owner';

/** Asks for an export that the caller is known to have a right to. */
export interface RequestExport {
  readonly caller: Party;
  /** To whom it will belong: to the caller, unless it is made of something that others own too. */
  readonly owner: RecordOwner;
  readonly kind: ExportKind;
  /** `null` where the kind knows no types. */
  readonly type: string | null;
  readonly format: ExportFormat;
  readonly options: ExportOptions;
  readonly sessionId: string | null;
  readonly eventId: string | null;
  /** Whether the first complete download deletes the file. */
  readonly oneTime: boolean;
  readonly dataTypes: readonly string[];
  readonly filters: unknown;
  /** What is known of the work to come; the true figures follow when it begins. */
  readonly expected: Progress;
  /** `null` for no limit. It counts what of this kind goes on the same account. */
  readonly rateLimit: RateLimit | null;
  /** What the audit log tells of it beyond kind, type and format. */
  readonly audited: Readonly<Record<string, string>>;
  /** The client's own name for this request, under which a repeat is recognised. */
  readonly idempotencyKey: string | null;
}
