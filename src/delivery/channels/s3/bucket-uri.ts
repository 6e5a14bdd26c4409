/** A folder of a bucket. */
export interface BucketUri {
  readonly bucket: string;
  /** Empty, or with a trailing slash. */
  readonly prefix: string;
}

const MAX_PREFIX_LENGTH = 512;
const BUCKET = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z\d][a-z\d.-]{1,61}[a-z\d]$/;
// Characters that all storages, consoles and programs accept in a name.
const SEGMENT = /^(?!\.{1,2}$)[\p{L}\p{M}\p{N}!_.*'()=+@,:$&;-]+$/u;

/**
 * Parses `s3://bucket/prefix/`, with or without the trailing slash.
 * @returns `null` for any other text
 */
export function parseBucketUri(uri: string): BucketUri | null {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/su.exec(uri) ?? [];
  const folder = path.replace(/\/$/, '');
  const isFolder = path === '' || folder.split('/').every((segment) => SEGMENT.test(segment));
  if (!BUCKET.test(bucket) || !isFolder || Buffer.byteLength(folder) > MAX_PREFIX_LENGTH) return null;
  return { bucket, prefix: folder === '' ? '' : `${folder}/` };
}

/** The canonical form in which a location is stored. */
export function formatBucketUri({ bucket, prefix }: BucketUri): string {
  return `s3://${bucket}/${prefix}`;
}
