import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { OutboundAddresses, OutboundRefusedError } from '../../infrastructure/outbound/outbound-addresses';
import { DecryptionError, SecretCipher } from '../../infrastructure/secret-cipher';
import { type BucketPlace, credentialsPurpose, parseBucketTarget } from '../../model/domain/bucket-target';
import { formatBucketUri, parseBucketUri } from '../../model/domain/bucket-uri';
import { BucketTargets, type BucketInput } from '../../model/domain/interfaces/bucket-targets';
import { destinationRefusal, encryptFor } from '../../infrastructure/destination-refusal';
import { BucketConnections, endpointOf } from './bucket-connections';
import { toBucketAccessError, BucketAccessError, BucketUnreachableError } from './bucket-access-error';

const REGION = /^[a-z\d](?:[a-z\d-]{0,38}[a-z\d])?$/;
const ACCESS_KEY_ID = /^[\x21-\x7e]{1,256}$/;
const SECRET_ACCESS_KEY = /^[\x21-\x7e]{1,1024}$/;

/** Whoever saves a schedule waits for it. */
const PATIENCE = { attempts: 2, connectMs: 2_000, answerMs: 3_000 };

@Injectable()
export class S3Targets extends BucketTargets {
  constructor(
    private readonly connections: BucketConnections,
    private readonly addresses: OutboundAddresses,
    private readonly cipher: SecretCipher,
    private readonly config: Config,
  ) {
    super();
  }

  override async plan(wish: BucketInput, field: string): Promise<Readonly<Record<string, unknown>>> {
    return refusing(field, wish, async () => {
      const place = await this.placeOf(wish, field);
      await this.probeBucket(place);
      return { ...place };
    });
  }

  override async probe(target: Readonly<Record<string, unknown>>, field: string): Promise<void> {
    const place = parseBucketTarget(target);
    if (!place) throw destinationRefusal(field, 'The destination cannot be read any more: give it anew');
    await refusing(field, { byAdministrator: false }, () => this.probeBucket(place));
  }

  private async placeOf(wish: BucketInput, field: string): Promise<BucketPlace> {
    const { endpoint, region, accessKeyId, secretAccessKey } = wish;
    const where = parseBucketUri(wish.uri);
    if (!where) {
      throw new BucketAccessError(
        'The address must be like s3://bucket/prefix/, with letters, digits and - _ . = between the slashes',
      );
    }
    if (region !== undefined && !REGION.test(region))
      throw new BucketAccessError('The region must be like eu-central-1');
    const uri = formatBucketUri(where);
    if (accessKeyId === undefined && secretAccessKey === undefined) return this.placeOfOurs(uri, wish);
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      throw new BucketAccessError('The access key id and the secret access key go together: give both');
    }
    if (!ACCESS_KEY_ID.test(accessKeyId) || !SECRET_ACCESS_KEY.test(secretAccessKey)) {
      throw new BucketAccessError(
        'The access key id and the secret access key have no spaces in them, and are not empty',
      );
    }
    const at = { uri, endpoint: endpoint === undefined ? null : await this.checked(endpoint) };
    return {
      ...at,
      region: region ?? null,
      // Where no endpoint is given it is AWS, which would rather have the bucket in the host's name.
      forcePathStyle: wish.forcePathStyle ?? endpoint !== undefined,
      credentials: encryptFor(field, () =>
        this.cipher.encrypt(JSON.stringify({ accessKeyId, secretAccessKey }), credentialsPurpose(at)),
      ),
    };
  }

  /** Whoever has the right may do without credentials, in the storage that ours are for. */
  private placeOfOurs(uri: string, { endpoint, region, byAdministrator }: BucketInput): BucketPlace {
    const { storage } = this.config;
    if (!byAdministrator) {
      throw new BucketAccessError('The access key id and the secret access key of the bucket are missing');
    }
    const isOurs =
      storage.kind === 'disk' ||
      ((region === undefined || region === storage.region) &&
        (endpoint === undefined || endpointIfAny(endpoint) === endpointOf(storage.endpoint, storage.region)));
    if (!isOurs) throw new BucketAccessError('Another storage than the service’s own needs credentials of its own');
    return { uri, endpoint: null, region: null, forcePathStyle: false, credentials: null };
  }

  private async checked(endpoint: string): Promise<string> {
    const url = await this.addresses.check(endpoint);
    if (url.search !== '' || url.hash !== '')
      throw new BucketAccessError('The endpoint must end with its host or path');
    return endpointOf(url.href, '');
  }

  private async probeBucket(place: BucketPlace): Promise<void> {
    const bucket = await this.connections.open(place, PATIENCE);
    try {
      await bucket.probe();
    } catch (error) {
      throw toBucketAccessError(error, bucket);
    } finally {
      bucket.close();
    }
  }
}

/** @throws DomainError invalid, for whatever is wrong with the place */
async function refusing<Result>(
  field: string,
  { byAdministrator }: Pick<BucketInput, 'byAdministrator'>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OutboundRefusedError) throw destinationRefusal(field, `The endpoint ${error.message}`);
    if (byAdministrator && error instanceof BucketUnreachableError) throw destinationRefusal(field, error.detail);
    if (error instanceof BucketAccessError) throw destinationRefusal(field, error.message);
    if (error instanceof DecryptionError) {
      throw destinationRefusal(field, 'The credentials that were kept cannot be opened any more: give them anew');
    }
    throw error;
  }
}

function endpointIfAny(endpoint: string): string | null {
  return URL.canParse(endpoint) ? endpointOf(endpoint, '') : null;
}
