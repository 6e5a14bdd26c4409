/** Into which bucket files are copied, and by which right. */
export interface BucketInput {
  readonly uri: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly forcePathStyle?: boolean;
  /** An administrator may use the service's own credentials, and learns why a storage cannot be reached. */
  readonly byAdministrator: boolean;
}

/** Plans what is copied into a bucket. */
export abstract class BucketTargets {
  /**
   * Checks and probes the bucket, and seals its credentials.
   * @throws DomainError invalid
   */
  abstract plan(wish: BucketInput, field: string): Promise<Readonly<Record<string, unknown>>>;

  /** Tries again what was planned before. @throws DomainError invalid */
  abstract probe(target: Readonly<Record<string, unknown>>, field: string): Promise<void>;
}
