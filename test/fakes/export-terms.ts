/** What the configuration decides of exports, as far as their repositories need it. */
export interface ExportTerms {
  readonly leaseSeconds: number;
  readonly retentionDays: number;
}
