import { Injectable } from '@nestjs/common';
import { Config, type S3StorageConfig } from '../../../platform/config/config';
import type { TestedEndpoint } from '../../infrastructure/outbound/connection-test';
import { OutboundAddresses } from '../../infrastructure/outbound/outbound-addresses';
import { SecretCipher } from '../../infrastructure/secret-cipher';
import type { S3RequestLimits, S3Settings } from '../../../platform/storage/s3-client';
import { type BucketCredentials, type BucketAccess, credentialsPurpose } from './bucket-target';
import { parseBucketUri } from './bucket-uri';
import { BucketAccessError } from './bucket-access-error';
import type { OpenBucket } from './open-bucket';

/** A copy without any progress for this time is aborted and retried. */
const IDLE_TIMEOUT_MS = 60_000;

/** Connects to the buckets that users name. */
@Injectable()
export class BucketConnections {
  constructor(
    private readonly config: Config,
    private readonly addresses: OutboundAddresses,
    private readonly cipher: SecretCipher,
  ) {}

  /**
   * @throws OutboundRefusedError when the endpoint may not be called
   * @throws DecryptionError when the credentials cannot be decrypted
   * @throws BucketAccessError when the URI is invalid, or the bucket is the service's own storage
   */
  async open(access: BucketAccess, limits: Partial<S3RequestLimits> = {}): Promise<OpenBucket> {
    const location = parseBucketUri(access.uri);
    if (!location) throw new BucketAccessError('The address must be like s3://bucket/prefix/');
    const { endpoint, settings } =
      access.credentials === null ? this.own(location.bucket) : await this.foreign(access, location.bucket);
    const completed: S3Settings = { ...settings, limits: { idleTimeoutMs: IDLE_TIMEOUT_MS, ...limits } };
    if (this.isOwn(location.bucket, endpoint)) {
      throw new BucketAccessError('The service stores its own files in this bucket: name another one');
    }
    // The SDK loads slowly, so it is loaded only when it is needed.
    const { OpenBucket } = await import('./open-bucket.ts');
    return new OpenBucket(location, endpoint, completed);
  }

  /** Where the requests for a bucket go. @throws BucketAccessError */
  endpointFor(access: BucketAccess): { readonly endpoint: TestedEndpoint; readonly isAllowed: boolean } {
    const location = parseBucketUri(access.uri);
    const isOwn = access.credentials === null;
    const url = new URL(isOwn ? this.own(location?.bucket ?? '').endpoint : foreignEndpointOf(access));
    const isTls = url.protocol === 'https:';
    const { forcePathStyle } = isOwn && this.config.storage.kind === 's3' ? this.config.storage : access;
    return {
      endpoint: {
        host: forcePathStyle ? url.hostname : `${location?.bucket}.${url.hostname}`,
        port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
        isTls,
        ...(!isOwn && { check: () => this.addresses.check(url.href), lookup: this.addresses.lookupFor(url) }),
      },
      isAllowed: !isOwn && this.addresses.isAllowed(url),
    };
  }

  private own(bucket: string): { endpoint: string; settings: S3Settings } {
    const { storage } = this.config;
    if (storage.kind === 'disk') {
      throw new BucketAccessError(
        'The service stores its files on disk and has no S3 credentials: give the access key id and the secret access key',
      );
    }
    return { endpoint: endpointOf(storage.endpoint, storage.region), settings: { ...storage, bucket } };
  }

  /** Always with an endpoint, so that no environment variable of the SDK sends the credentials elsewhere. */
  private async foreign(access: BucketAccess, bucket: string): Promise<{ endpoint: string; settings: S3Settings }> {
    const { region, forcePathStyle } = access;
    const endpoint = foreignEndpointOf(access);
    const url = await this.addresses.check(endpoint);
    const credentials = JSON.parse(
      this.cipher.decrypt(access.credentials ?? '', credentialsPurpose(access)),
    ) as BucketCredentials;
    const { storage } = this.config;
    const settings = {
      endpoint,
      region: region ?? DEFAULT_REGION,
      bucket,
      forcePathStyle,
      ...credentials,
      // Other storages do not know the service's KMS key.
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

function foreignEndpointOf({ endpoint, region }: BucketAccess): string {
  return endpointOf(endpoint ?? undefined, region ?? DEFAULT_REGION);
}

function ownEndpoints({ endpoint, publicEndpoint, region }: S3StorageConfig): string[] {
  return [endpointOf(endpoint, region), ...(publicEndpoint === undefined ? [] : [endpointOf(publicEndpoint, region)])];
}

/** The endpoint of a storage; AWS by default. */
export function endpointOf(given: string | undefined, region: string): string {
  if (given === undefined) return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const { origin, pathname } = new URL(given);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

function isAws(endpoint: string): boolean {
  return /(^|\.)amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}
