/** One entry of the audit log, as it was written. */
export interface AuditRecord {
  /** Counts the entries, with gaps. */
  readonly id: bigint;
  readonly at: Date;
  readonly action: string;
  readonly exportId: string | null;
  /** The schedule that it was done to, or of which it is a run. */
  readonly scheduleId: string | null;
  /** `null` for what the service did by itself. */
  readonly userId: string | null;
  readonly tenantId: string | null;
  /** The external system that did it. */
  readonly customerId: string | null;
  readonly requestId: string | null;
  readonly address: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}
