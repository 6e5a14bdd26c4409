import type { DeliveryTarget } from '../../model/domain/channel-descriptor';
import { type FileNaming, readFileNaming } from '../../model/domain/file-names';

/** A folder of a bucket and how it is accessed, as it was planned: the same for every run of a schedule. */
export interface BucketAccess {
  /** `s3://bucket/prefix/` */
  readonly uri: string;
  /** `null` for the service's own storage, in another bucket. */
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly forcePathStyle: boolean;
  /** `BucketCredentials` as JSON, encrypted; `null` for the service's own. */
  readonly credentials: string | null;
}

export interface BucketTarget extends BucketAccess, FileNaming {}

export interface BucketCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The purpose of encrypted credentials, so that they cannot be used for another folder. */
export function credentialsPurpose({ uri, endpoint }: Pick<BucketAccess, 'uri' | 'endpoint'>): string {
  return `bucket credentials\n${uri}\n${endpoint ?? ''}`;
}

/** @returns `null` if it is no target of this channel */
export function parseBucketTarget(target: DeliveryTarget): BucketTarget | null {
  const { uri, endpoint, region, forcePathStyle, credentials } = target;
  if (typeof uri !== 'string' || !isTextOrNull(endpoint) || !isTextOrNull(region) || !isTextOrNull(credentials)) {
    return null;
  }
  return { uri, endpoint, region, credentials, forcePathStyle: forcePathStyle === true, ...readFileNaming(target) };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
