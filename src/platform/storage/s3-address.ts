import { storageKeyOfPath } from './storage-key';
import type { S3Settings } from './s3-client';

type Place = Pick<S3Settings, 'endpoint' | 'publicEndpoint' | 'region' | 'bucket'>;

/**
 * The key of the object of this bucket that `url` addresses: `s3://bucket/key`, or path-style or virtual-hosted on the
 * bucket's endpoints (AWS's own hosts when it lies there). A signature or other query is not looked at. `null` for
 * anything else.
 */
export function keyOfS3Address(url: string, place: Place): string | null {
  if (!URL.canParse(url)) return null;
  const asked = new URL(url);
  if (asked.username !== '' || asked.password !== '') return null;
  if (asked.protocol === 's3:') return asked.host === place.bucket ? keyIn(asked.pathname, '/') : null;
  for (const base of basesOf(place)) {
    const key = asked.origin === base.origin ? keyIn(asked.pathname, base.path) : null;
    if (key !== null) return key;
  }
  return null;
}

interface Base {
  readonly origin: string;
  /** What comes before the key, the slash included. */
  readonly path: string;
}

function basesOf({ endpoint, publicEndpoint, region, bucket }: Place): Base[] {
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
