import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import type { S3RequestLimits } from '../../../platform/storage/s3-client';
import { encryptFor, refuseDestination } from '../../infrastructure/destination-refusal';
import { testConnection } from '../../infrastructure/outbound/connection-test';
import { OutboundAddresses, OutboundRefusedError } from '../../infrastructure/outbound/outbound-addresses';
import { DecryptionError, SecretCipher } from '../../infrastructure/secret-cipher';
import type { DeliveryTarget } from '../../model/domain/channel-descriptor';
import type { DestinationTest, PlanContext, TestSubject } from '../../model/domain/interfaces/delivery-channel';
import {
  toBucketAccessError,
  BucketAccessError,
  BucketUnreachableError,
  toBucketTestError,
} from './bucket-access-error';
import { BucketConnections, endpointOf } from './bucket-connections';
import { type BucketAccess, credentialsPurpose, parseBucketTarget } from './bucket-target';
import { formatBucketUri, parseBucketUri } from './bucket-uri';
import type { BucketInput } from './s3.descriptor';

const REGION = /^[a-z\d](?:[a-z\d-]{0,38}[a-z\d])?$/;
const ACCESS_KEY_ID = /^[\x21-\x7e]{1,256}$/;
const SECRET_ACCESS_KEY = /^[\x21-\x7e]{1,1024}$/;

/** The request that saves a schedule waits for the probe. */
const PROBE_LIMITS: Partial<S3RequestLimits> = { attempts: 2, connectTimeoutMs: 2_000, responseTimeoutMs: 3_000 };

const SECURE_STEPS = ['resolve', 'connect', 'tls', 'authenticate', 'write', 'read', 'delete'] as const;

type Context = Pick<PlanContext, 'field' | 'isOperator'>;

/** Checks and probes the buckets that requests name, and encrypts their credentials. */
@Injectable()
export class BucketPlanner {
  constructor(
    private readonly connections: BucketConnections,
    private readonly addresses: OutboundAddresses,
    private readonly cipher: SecretCipher,
    private readonly config: Config,
  ) {}

  async plan(input: BucketInput, context: Context): Promise<DeliveryTarget> {
    return this.refuseErrors(context, async () => {
      const access = await this.toAccess(input, context, (endpoint) => this.addresses.check(endpoint));
      await this.probeAccess(access);
      return { ...access };
    });
  }

  async probe(target: DeliveryTarget, field: string): Promise<void> {
    const access = this.parseStored(target, field);
    await this.refuseErrors({ field, isOperator: false }, () => this.probeAccess(access));
  }

  prepareTest(subject: TestSubject, context: Context): Promise<DestinationTest> {
    return this.refuseErrors(context, async () => {
      const access =
        'stored' in subject
          ? this.parseStored(subject.stored, context.field)
          : await this.toAccess(subject.input as BucketInput, context, (endpoint) => this.addresses.parse(endpoint));
      const { endpoint, isAllowed } = this.connections.endpointFor(access);
      return {
        target: { ...access },
        isHostAllowed: isAllowed,
        steps: endpoint.isTls ? SECURE_STEPS : SECURE_STEPS.filter((name) => name !== 'tls'),
        explain: (error) => toBucketTestError(error, { uri: access.uri, host: endpoint.host }),
        run: async (steps, signal) => {
          await testConnection(endpoint, steps, signal);
          // The probe continues the step.
          const bucket = await steps.run('authenticate', () => this.connections.open(access, PROBE_LIMITS));
          try {
            await bucket.probe(steps, signal);
          } finally {
            bucket.close();
          }
        },
      };
    });
  }

  private parseStored(target: DeliveryTarget, field: string): BucketAccess {
    const access = parseBucketTarget(target);
    if (!access) throw refuseDestination(field, 'The stored destination is no longer valid: give it again');
    return access;
  }

  /** @param check returns the URL of an endpoint that may be called */
  private async toAccess(
    input: BucketInput,
    { field, isOperator }: Context,
    check: (endpoint: string) => URL | Promise<URL>,
  ): Promise<BucketAccess> {
    const { endpoint, region, accessKeyId, secretAccessKey } = input;
    const location = parseBucketUri(input.uri);
    if (!location) {
      throw new BucketAccessError(
        'The address must be like s3://bucket/prefix/, with letters, digits and - _ . = between the slashes',
      );
    }
    if (region !== undefined && !REGION.test(region)) {
      throw new BucketAccessError('The region must be like eu-central-1');
    }
    const uri = formatBucketUri(location);
    if (accessKeyId === undefined && secretAccessKey === undefined) return this.toOwnAccess(uri, input, isOperator);
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      throw new BucketAccessError('The access key id and the secret access key belong together: give both');
    }
    if (!ACCESS_KEY_ID.test(accessKeyId) || !SECRET_ACCESS_KEY.test(secretAccessKey)) {
      throw new BucketAccessError('The access key id and the secret access key must not be empty or contain spaces');
    }
    const access = { uri, endpoint: endpoint === undefined ? null : toEndpoint(await check(endpoint)) };
    const credentials = JSON.stringify({ accessKeyId, secretAccessKey });
    return {
      ...access,
      region: region ?? null,
      // Amazon, the default endpoint, prefers the bucket in the host name.
      forcePathStyle: input.forcePathStyle ?? endpoint !== undefined,
      credentials: encryptFor(field, () => this.cipher.encrypt(credentials, credentialsPurpose(access))),
    };
  }

  /** Operators need no credentials for other buckets of the service's own storage. */
  private toOwnAccess(uri: string, { endpoint, region }: BucketInput, isOperator: boolean): BucketAccess {
    const { storage } = this.config;
    if (!isOperator) {
      throw new BucketAccessError('The access key id and the secret access key of the bucket are missing');
    }
    const isOwn =
      storage.kind === 'disk' ||
      ((region === undefined || region === storage.region) &&
        (endpoint === undefined || normalizeEndpoint(endpoint) === endpointOf(storage.endpoint, storage.region)));
    if (!isOwn)
      throw new BucketAccessError(
        'Another storage than the service’s own requires an access key id and a secret access key',
      );
    return { uri, endpoint: null, region: null, forcePathStyle: false, credentials: null };
  }

  private async probeAccess(access: BucketAccess): Promise<void> {
    const bucket = await this.connections.open(access, PROBE_LIMITS);
    try {
      await bucket.probe();
    } catch (error) {
      throw toBucketAccessError(error, bucket);
    } finally {
      bucket.close();
    }
  }

  /** @throws DomainError invalid, for everything that is wrong with the destination */
  private async refuseErrors<Result>({ field, isOperator }: Context, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof OutboundRefusedError) throw refuseDestination(field, `The endpoint ${error.message}`);
      if (isOperator && error instanceof BucketUnreachableError) throw refuseDestination(field, error.detail);
      if (error instanceof BucketAccessError) throw refuseDestination(field, error.message);
      if (error instanceof DecryptionError) {
        throw refuseDestination(field, 'The stored credentials can no longer be decrypted: give them again');
      }
      throw error;
    }
  }
}

function toEndpoint(url: URL): string {
  if (url.search !== '' || url.hash !== '') throw new BucketAccessError('The endpoint must end with its host or path');
  return endpointOf(url.href, '');
}

function normalizeEndpoint(endpoint: string): string | null {
  return URL.canParse(endpoint) ? endpointOf(endpoint, '') : null;
}
