import { randomUUID } from 'node:crypto';
import { BucketConnections } from '../../src/delivery/channels/s3/bucket-connections';
import { S3Channel } from '../../src/delivery/channels/s3/s3.channel';
import { ObjectClaims } from '../../src/delivery/infrastructure/object-claims';
import { BucketPlanner } from '../../src/delivery/channels/s3/bucket-planner';
import type { BucketInput } from '../../src/delivery/channels/s3/s3.descriptor';
import type { ClaimedMessage } from '../../src/delivery/model/domain/claimed-message';
import { ExportFiles } from '../../src/delivery/infrastructure/export-file';
import { OutboundAddresses } from '../../src/delivery/infrastructure/outbound/outbound-addresses';
import { SecretCipher } from '../../src/delivery/infrastructure/secret-cipher';
import { ExportFixture, type StoredExport } from './export-fixture';
import { FaultyProxy, type SeenRequest } from './faulty-proxy';
import { createClaimedMessage } from './claimed-messages';
import { S3Observer, s3Server } from './s3-under-test';

/** One part of an upload. */
export const isPart = ({ method, url }: SeenRequest): boolean => method === 'PUT' && url.searchParams.has('partNumber');

export interface BucketServices {
  readonly planner: BucketPlanner;
  readonly channel: S3Channel;
}

/** A service of its own, as far as it delivers to buckets. */
export function bucketServices(
  { config, prisma, exports, production }: ExportFixture,
  addresses: OutboundAddresses,
  cipher: SecretCipher = new SecretCipher(config.encryption),
): BucketServices {
  const connections = new BucketConnections(config, addresses, cipher);
  const planner = new BucketPlanner(connections, addresses, cipher, config);
  return {
    planner,
    channel: new S3Channel(planner, connections, new ObjectClaims(prisma), new ExportFiles(exports, production)),
  };
}

/** Exports, and a bucket on the S3 server that they can be delivered to, through a proxy that sees it all. */
export class BucketBench {
  readonly proxy: FaultyProxy;
  readonly fixture: ExportFixture;
  bucket = '';
  observer: S3Observer;
  private readonly observers: S3Observer[] = [];
  private readonly fixtures: ExportFixture[];

  private constructor(proxy: FaultyProxy, fixture: ExportFixture) {
    this.proxy = proxy;
    this.fixture = fixture;
    this.fixtures = [fixture];
    this.observer = this.observerOf(s3Server.bucket);
  }

  static async create(): Promise<BucketBench> {
    return new BucketBench(await FaultyProxy.before(s3Server.endpoint), await ExportFixture.create());
  }

  /** Empties the bucket. */
  async clear(): Promise<void> {
    this.proxy.recover();
    this.bucket = `destination-${randomUUID()}`;
    this.observer = this.observerOf(this.bucket);
    await this.observer.makeBucket();
  }

  /** Exports of an installation with settings of its own. */
  async fixtureWith(environment: Readonly<Record<string, string>>): Promise<ExportFixture> {
    const made = await ExportFixture.create(environment);
    this.fixtures.push(made);
    return made;
  }

  /** The hosts that an operator has to allow for these tests. */
  get hosts(): string[] {
    return [new URL(s3Server.endpoint).host, new URL(this.proxy.url).host];
  }

  /** A service that may reach the server. */
  services(fixture: ExportFixture = this.fixture): BucketServices {
    return bucketServices(fixture, new OutboundAddresses(this.hosts));
  }

  /** A correct request for the bench's bucket. */
  input(more: Partial<BucketInput> = {}): BucketInput {
    const { region, accessKeyId, secretAccessKey } = s3Server;
    const uri = `s3://${this.bucket}/daily/`;
    return {
      uri,
      endpoint: this.proxy.url,
      region,
      accessKeyId,
      secretAccessKey,
      ...more,
    };
  }

  /** Plans a delivery to the bucket. */
  plan(
    more: Partial<BucketInput> = {},
    { planner }: Pick<BucketServices, 'planner'> = this.services(),
    isOperator = false,
  ) {
    return planner.plan(this.input(more), { field: 'destination', isOperator });
  }

  /** A run's message, with the target as it comes back from the database. */
  async runOf(
    { id }: StoredExport,
    more: Partial<BucketInput> = {},
    services: Pick<BucketServices, 'planner'> = this.services(),
    isOperator = false,
  ): Promise<ClaimedMessage> {
    const target = { ...(await this.plan(more, services, isOperator)), name: 'nightly', date: '2026-03-29' };
    return createClaimedMessage({
      channel: 's3',
      exportId: id,
      target: JSON.parse(JSON.stringify(target)) as ClaimedMessage['target'],
    });
  }

  async remove(): Promise<void> {
    for (const one of this.observers) one.close();
    for (const one of this.fixtures) await one.remove();
    await this.proxy.close();
  }

  private observerOf(bucket: string): S3Observer {
    const observer = new S3Observer({ ...s3Server, bucket });
    this.observers.push(observer);
    return observer;
  }
}
