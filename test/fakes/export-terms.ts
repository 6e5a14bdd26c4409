/** What the configuration decides of exports, as far as their repositories need it. */
export interface ExportTerms {
  readonly leaseSeconds: number;
  readonly retentionDays: number;
  /** How long a silent download of a one-time file keeps it from others. */
  readonly downloadLeaseSeconds: number;
}
