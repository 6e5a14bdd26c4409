import type { Caller } from '../../../../platform/auth/caller';
import type { RateLimit } from '../../../../platform/config/rate-limit';
import type { ExportOptions, Progress } from '../export';
import type { ExportFormat, ExportKind } from '../export-format';

/** Asks for an export that the caller is known to have a right to. */
export interface RequestExport {
  readonly caller: Caller;
  readonly kind: ExportKind;
  /** `null` where the kind knows no types. */
  readonly type: string | null;
  readonly format: ExportFormat;
  readonly options: ExportOptions;
  readonly sessionId: string | null;
  readonly dataTypes: readonly string[];
  readonly filters: unknown;
  /** What is known of the work to come; the true figures follow when it begins. */
  readonly expected: Progress;
  /** `null` for no limit. It counts what the caller made of this kind. */
  readonly rateLimit: RateLimit | null;
  /** What the audit log tells of it beyond kind, type and format. */
  readonly audited: Readonly<Record<string, string>>;
  /** The client's own name for this request, under which a repeat is recognised. */
  readonly idempotencyKey: string | null;
}
