import { storageKeyOfPath } from './storage-key';
import type { S3Settings } from './s3-client';

type Bucket = Pick<S3Settings, 'endpoint' | 'publicEndpoint' | 'region' | 'bucket'>;

/**
 * The key of the object in this bucket that `url` addresses: `s3://bucket/key`, or a path-style or virtual-hosted URL of the
 * bucket's endpoints (of AWS's hosts, if the bucket is there). The query is ignored.
 * @returns `null` for any other URL
 */
export function keyOfS3Address(url: string, bucket: Bucket): string | null {
  if (!URL.canParse(url)) return null;
  const address = new URL(url);
  if (address.username !== '' || address.password !== '') return null;
  if (address.protocol === 's3:') return address.host === bucket.bucket ? keyIn(address.pathname, '/') : null;
  for (const base of basesOf(bucket)) {
    const key = address.origin === base.origin ? keyIn(address.pathname, base.path) : null;
    if (key !== null) return key;
  }
  return null;
}

interface Base {
  readonly origin: string;
  /** The path before the key, including the slash. */
  readonly path: string;
}

function basesOf({ endpoint, publicEndpoint, region, bucket }: Bucket): Base[] {
  const own = [endpoint, publicEndpoint].filter((address) => address !== undefined).map((address) => new URL(address));
  const onAws = endpoint === undefined || /(^|\.)amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
  return [...own, ...(onAws ? awsEndpoints(region) : [])].flatMap(({ protocol, host, pathname }) => {
    const path = pathname.replace(/\/*$/, '/');
    return [
      { origin: `${protocol}//${host}`, path: `${path}${bucket}/` },
      { origin: `${protocol}//${bucket}.${host}`, path },
    ];
  });
}

function awsEndpoints(region: string): URL[] {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const hosts = [`s3.${region}`, `s3-${region}`, `s3.dualstack.${region}`, 's3'];
  return hosts.flatMap((host) => [new URL(`https://${host}.${suffix}`), new URL(`http://${host}.${suffix}`)]);
}

function keyIn(path: string, base: string): string | null {
  return path.startsWith(base) ? storageKeyOfPath(path.slice(base.length)) : null;
}
