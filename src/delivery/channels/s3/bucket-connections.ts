import { Injectable } from '@nestjs/common';
import { Config, type S3StorageConfig } from '../../../platform/config/config';
import { OutboundAddresses } from '../../infrastructure/outbound/outbound-addresses';
import { SecretCipher } from '../../infrastructure/secret-cipher';
import type { S3Patience, S3Settings } from '../../../platform/storage/s3-client';
import { type BucketCredentials, type BucketPlace, credentialsPurpose } from './bucket-target';
import { parseBucketUri } from './bucket-uri';
import { BucketAccessError } from './bucket-access-error';
import type { OpenBucket } from './open-bucket';

/** A copy that stands still for so long is begun anew. */
const SILENCE_MS = 60_000;

/** Connects to the buckets that users gave. */
@Injectable()
export class BucketConnections {
  constructor(
    private readonly config: Config,
    private readonly addresses: OutboundAddresses,
    private readonly cipher: SecretCipher,
  ) {}

  /**
   * @throws OutboundRefusedError when the endpoint may not be called
   * @throws DecryptionError when the credentials cannot be opened
   * @throws BucketAccessError when the place is none, or ours to keep clear of
   */
  async open(place: BucketPlace, patience: Partial<S3Patience> = {}): Promise<OpenBucket> {
    const where = parseBucketUri(place.uri);
    if (!where) throw new BucketAccessError('The address must be like s3://bucket/prefix/');
    const { endpoint, settings } =
      place.credentials === null ? this.own(where.bucket) : await this.foreign(place, where.bucket);
    const given = { ...settings, patience: { silenceMs: SILENCE_MS, ...patience } };
    if (this.isOwn(where.bucket, endpoint)) {
      throw new BucketAccessError('The bucket is where the service itself keeps its files: give another one');
    }
    // The SDK takes long to load: only a process that reaches for a bucket does so.
    const { OpenBucket } = await import('./open-bucket.ts');
    return new OpenBucket(where, endpoint, given);
  }

  private own(bucket: string): { endpoint: string; settings: S3Settings } {
    const { storage } = this.config;
    if (storage.kind === 'disk') {
      throw new BucketAccessError('The service keeps its files on disk and has no credentials of its own: give some');
    }
    return { endpoint: endpointOf(storage.endpoint, storage.region), settings: { ...storage, bucket } };
  }

  /** Always with an endpoint, so that nothing in this process's surroundings sends the credentials elsewhere. */
  private async foreign(place: BucketPlace, bucket: string): Promise<{ endpoint: string; settings: S3Settings }> {
    const { region, forcePathStyle } = place;
    const endpoint = endpointOf(place.endpoint ?? undefined, region ?? DEFAULT_REGION);
    const url = await this.addresses.check(endpoint);
    const credentials = JSON.parse(
      this.cipher.decrypt(place.credentials ?? '', credentialsPurpose(place)),
    ) as BucketCredentials;
    const { storage } = this.config;
    const settings = {
      endpoint,
      region: region ?? DEFAULT_REGION,
      bucket,
      forcePathStyle,
      ...credentials,
      // Our key of a key store is nothing that others' storages know.
      ...(storage.kind === 's3' && storage.sse !== undefined && { sse: 'AES256' as const }),
      lookup: this.addresses.lookupFor(url),
    };
    return { endpoint, settings };
  }

  private isOwn(bucket: string, endpoint: string): boolean {
    const { storage } = this.config;
    if (storage.kind === 'disk' || storage.bucket !== bucket) return false;
    return ownEndpoints(storage).some((own) => own === endpoint || (isAws(own) && isAws(endpoint)));
  }
}

const DEFAULT_REGION = 'us-east-1';

function ownEndpoints({ endpoint, publicEndpoint, region }: S3StorageConfig): string[] {
  return [endpointOf(endpoint, region), ...(publicEndpoint === undefined ? [] : [endpointOf(publicEndpoint, region)])];
}

/** The address of a storage; AWS's own where none is given. */
export function endpointOf(given: string | undefined, region: string): string {
  if (given === undefined) return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const { origin, pathname } = new URL(given);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

function isAws(endpoint: string): boolean {
  return /(^|\.)amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}
