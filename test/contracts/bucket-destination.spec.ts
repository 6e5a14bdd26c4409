import { randomUUID } from 'node:crypto';
import { BucketConnections } from '../../src/delivery/infrastructure/bucket/bucket-connections';
import { BucketChannel } from '../../src/delivery/infrastructure/bucket/bucket.channel';
import { ObjectClaims } from '../../src/delivery/infrastructure/bucket/object-claims';
import { ProbedBucketTargets } from '../../src/delivery/infrastructure/bucket/probed-bucket-targets';
import type { BucketWish } from '../../src/delivery/model/domain/interfaces/bucket-targets';
import type { Parcel } from '../../src/delivery/model/domain/parcel';
import { DomainError } from '../../src/platform/errors/domain-error';
import { OutboundAddresses } from '../../src/platform/outbound/outbound-addresses';
import { Sealer } from '../../src/platform/sealing/sealer';
import { digest, bytes, KB, MB } from '../support/bytes';
import { ExportShelf, type ShelvedExport } from '../support/export-shelf';
import { FaultyProxy, type SeenRequest } from '../support/faulty-proxy';
import { parcelOf } from '../support/parcels';
import { S3Observer, s3SettingsFromEnvironment } from '../support/s3-under-test';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';

const server = s3SettingsFromEnvironment();

if (server === null) {
  console.log(
    'S3_ENDPOINT is not set: deliveries to buckets are left out (test/support/s3-gateway/gateway.sh start brings a server up)',
  );
}
const describeOnServer = server === null ? describe.skip : describe;
const settings = server ?? {
  endpoint: 'http://127.0.0.1:1',
  region: 'none',
  bucket: 'none',
  accessKeyId: 'none',
  secretAccessKey: 'none',
  forcePathStyle: true,
};
const goOn = new AbortController().signal;

/** A service of its own, as far as it delivers to buckets. */
function servicesOn(shelf: ExportShelf, allowedHosts: readonly string[]) {
  const addresses = new OutboundAddresses(allowedHosts);
  const sealer = new Sealer(shelf.config.encryption);
  const connections = new BucketConnections(shelf.config, addresses, sealer);
  return {
    targets: new ProbedBucketTargets(connections, addresses, sealer, shelf.config),
    channel: new BucketChannel(connections, new ObjectClaims(shelf.prisma), shelf.exports),
  };
}

describeOnServer('A bucket as destination', () => {
  const shelves: ExportShelf[] = [];
  const observers: S3Observer[] = [];
  const others: WebhookReceiver[] = [];
  let proxy: FaultyProxy;
  let bucket: string;
  let observer: S3Observer;
  let shelf: ExportShelf;
  let targets: ProbedBucketTargets;
  let channel: BucketChannel;

  beforeAll(async () => {
    proxy = await FaultyProxy.before(settings.endpoint);
    shelf = await shelfWith({});
    ({ targets, channel } = servicesOn(shelf, hosts()));
  });
  beforeEach(async () => {
    proxy.recover();
    ({ bucket, observer } = await newBucket());
  });
  afterAll(async () => {
    for (const one of observers) one.close();
    for (const one of others) await one.stop();
    for (const one of shelves) await one.remove();
    await proxy.close();
  });

  const hosts = () => [new URL(settings.endpoint).host, new URL(proxy.url).host];

  async function shelfWith(environment: Record<string, string>): Promise<ExportShelf> {
    const made = await ExportShelf.create(environment);
    shelves.push(made);
    return made;
  }

  /** A server that is no S3 storage. */
  async function anotherServer(): Promise<WebhookReceiver> {
    const started = await WebhookReceiver.start();
    others.push(started);
    return started;
  }

  async function newBucket(): Promise<{ bucket: string; observer: S3Observer }> {
    const name = `destination-${randomUUID()}`;
    const made = new S3Observer({ ...settings, bucket: name });
    observers.push(made);
    await made.makeBucket();
    return { bucket: name, observer: made };
  }

  /** What somebody asks for who does everything right, through the proxy, which sees it all. */
  const wish = (more: Partial<BucketWish> = {}): BucketWish => ({
    uri: `s3://${bucket}/daily/`,
    endpoint: proxy.url,
    region: settings.region,
    accessKeyId: settings.accessKeyId,
    secretAccessKey: settings.secretAccessKey,
    mayUseOwnCredentials: false,
    ...more,
  });

  async function refusalOf(more: Partial<BucketWish>, by = targets): Promise<string> {
    const refusal: unknown = await by.plan(wish(more), 'destination').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({ kind: 'invalid', details: { fields: [{ field: 'destination' }] } });
    return (refusal as DomainError).details.fields![0]!.message;
  }

  /** A run's parcel, with the target as it comes back from the database. */
  async function runOf({ id }: ShelvedExport, more: Partial<BucketWish> = {}, by = targets): Promise<Parcel> {
    const target = { ...(await by.plan(wish(more), 'destination')), name: 'nightly', date: '2026-03-29' };
    return parcelOf({ channel: 's3', exportId: id, target: JSON.parse(JSON.stringify(target)) as Parcel['target'] });
  }

  const isPart = ({ method, url }: SeenRequest) => method === 'PUT' && url.searchParams.has('partNumber');
  const isWrite = ({ method, url }: SeenRequest) => method === 'PUT' && !url.searchParams.has('partNumber');
  const isCompletion = ({ method, url }: SeenRequest) => method === 'POST' && url.searchParams.has('uploadId');

  describe('when it is planned', () => {
    it('is tried, keeps its credentials sealed, and is left as it was', async () => {
      const target = await targets.plan(wish({ uri: `s3://${bucket}/daily` }), 'destination');

      expect(target).toEqual({
        uri: `s3://${bucket}/daily/`,
        endpoint: proxy.url,
        region: settings.region,
        forcePathStyle: true,
        credentials: expect.stringMatching(/^v1\./),
      });
      expect(JSON.stringify(target)).not.toContain(settings.secretAccessKey);
      expect(proxy.seen.map(({ method }) => method)).toEqual(['POST', 'DELETE', 'HEAD']);
      expect(await observer.keys()).toEqual([]);
      expect(await observer.unfinishedUploads('')).toEqual([]);
    });

    it.each<[string, () => Partial<BucketWish>, RegExp]>([
      ['no address of a bucket', () => ({ uri: 'https://bucket/daily/' }), /must be like s3:\/\/bucket\/prefix\//],
      ['a way out of the prefix', () => ({ uri: `s3://${bucket}/../` }), /must be like s3:\/\//],
      ['half of the credentials', () => ({ secretAccessKey: undefined }), /go together/],
      ['no credentials', () => ({ accessKeyId: undefined, secretAccessKey: undefined }), /are missing/],
      ['empty credentials', () => ({ accessKeyId: '', secretAccessKey: '' }), /not empty/],
      ['a header in the credentials', () => ({ accessKeyId: 'a\r\nX-Evil: 1' }), /no spaces/],
      ['a region that is none', () => ({ region: 'eu/../x' }), /like eu-central-1/],
      ['an endpoint that is none', () => ({ endpoint: 'storage' }), /begins with https:\/\//],
      ['an endpoint by http', () => ({ endpoint: 'http://storage.example.com' }), /must begin with https:\/\//],
      ['a private endpoint', () => ({ endpoint: 'https://10.0.0.1:9000' }), /has no public address/],
      ['a cloud’s metadata', () => ({ endpoint: 'https://169.254.169.254' }), /has no public address/],
      ['this machine', () => ({ endpoint: 'https://127.0.0.1:9000' }), /has no public address/],
      ['an endpoint with a query', () => ({ endpoint: `${proxy.url}/?x=1` }), /end with its host or path/],
      ['a bucket that is not there', () => ({ uri: 's3://there-is-no-such-bucket/' }), /There is no bucket/],
      ['an unknown access key', () => ({ accessKeyId: 'unknown' }), /does not know the access key id/],
      ['a wrong secret', () => ({ secretAccessKey: 'wrong' }), /secret access key is not the one/],
    ])('refuses %s in words', async (_, more, words) => {
      expect(await refusalOf(more())).toMatch(words);
    });

    it('refuses a bucket without the right to write', async () => {
      await observer.deny('s3:PutObject');

      expect(await refusalOf({})).toBe(`The credentials have no right to write to s3://${bucket}/daily/`);
    });

    it('is content with a bucket whose objects may not be looked at', async () => {
      await observer.deny('s3:GetObject');

      await expect(targets.plan(wish(), 'destination')).resolves.toHaveProperty('credentials');
    });

    it('refuses a storage that nobody can reach, is silent, or is none, before long', async () => {
      const other = await anotherServer();
      const { targets: allowing } = servicesOn(shelf, [other.host, '127.0.0.1:1']);
      const endpoint = `http://${other.host}`;
      const begun = Date.now();

      expect(await refusalOf({ endpoint: 'http://127.0.0.1:1' }, allowing)).toBe(
        'No storage could be reached at 127.0.0.1:1',
      );
      other.behave({ status: 200, body: '<html>Welcome</html>' });
      expect(await refusalOf({ endpoint }, allowing)).toContain('is no S3 storage');
      other.behave({ status: 404, body: '<html>Nothing here</html>' });
      expect(await refusalOf({ endpoint }, allowing)).toContain('is no S3 storage');
      other.behave({ status: 301, headers: { location: 'http://169.254.169.254/' }, body: '' });
      expect(await refusalOf({ endpoint }, allowing)).toContain('is somewhere else');
      other.behave('silent');
      expect(await refusalOf({ endpoint }, allowing)).toContain('No storage could be reached');

      expect(Date.now() - begun).toBeLessThan(12_000);
      expect(other.received.every(({ headers }) => !JSON.stringify(headers).includes(settings.secretAccessKey!))).toBe(
        true,
      );
    });

    it('connects to no other address than was checked, when a name changes in between', async () => {
      const asked: string[] = [];
      const rebinding = new OutboundAddresses([], (hostname) => {
        asked.push(hostname);
        return Promise.resolve([{ address: asked.length <= 2 ? '93.184.215.14' : '127.0.0.1', family: 4 }]);
      });
      const sealer = new Sealer(shelf.config.encryption);
      const connections = new BucketConnections(shelf.config, rebinding, sealer);
      const rebound = new ProbedBucketTargets(connections, rebinding, sealer, shelf.config);

      const endpoint = `https://rebound.example.com:${new URL(proxy.url).port}`;

      expect(await refusalOf({ endpoint, forcePathStyle: false }, rebound)).toContain('has no public address');
      expect(asked).toContain(`${bucket}.rebound.example.com`);
    });

    it('says in which region the bucket is', async () => {
      const other = await anotherServer();
      const { targets: allowing } = servicesOn(shelf, [other.host]);
      const body = '<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>';
      other.behave({ status: 301, headers: { 'x-amz-bucket-region': 'eu-west-3' }, body });

      expect(await refusalOf({ endpoint: `http://${other.host}` }, allowing)).toContain('its region is eu-west-3');
    });

    it('may be another bucket of the service’s own storage, for who has the right', async () => {
      const own = await shelfWith({
        STORAGE: 's3',
        S3_ENDPOINT: settings.endpoint,
        S3_REGION: settings.region,
        S3_BUCKET: settings.bucket,
        S3_ACCESS_KEY_ID: settings.accessKeyId!,
        S3_SECRET_ACCESS_KEY: settings.secretAccessKey!,
        S3_FORCE_PATH_STYLE: 'true',
        S3_SSE: 'AES256',
      });
      const services = servicesOn(own, []);
      const ours = { endpoint: undefined, region: undefined, accessKeyId: undefined, secretAccessKey: undefined };
      const allowed = { ...ours, mayUseOwnCredentials: true };

      expect(await services.targets.plan(wish(allowed), 'destination')).toMatchObject({
        credentials: null,
        endpoint: null,
      });
      const done = await own.put();
      await services.channel.deliver(await runOf(done, allowed, services.targets), goOn);

      expect(await observer.keys()).toEqual(['daily/nightly_2026-03-29.csv']);
      const keep = `s3://${settings.bucket}/daily/`;
      expect(await refusalOf({ ...allowed, uri: keep }, services.targets)).toContain(
        'the service itself keeps its files',
      );
      expect(await refusalOf(ours, services.targets)).toContain('are missing');
      expect(await refusalOf({ ...allowed, endpoint: 'https://s3.example.com' }, services.targets)).toContain(
        'of its own',
      );
      expect(await refusalOf(allowed)).toContain('on disk');
      const known = { uri: keep, endpoint: settings.endpoint };
      expect(await refusalOf(known, servicesOn(own, hosts()).targets)).toContain('the service itself keeps its files');
    });

    it('is refused where no key seals the credentials', async () => {
      const addresses = new OutboundAddresses(hosts());
      const sealer = new Sealer({ previousKeys: [] });
      const connections = new BucketConnections(shelf.config, addresses, sealer);

      const keyless = new ProbedBucketTargets(connections, addresses, sealer, shelf.config);

      expect(await refusalOf({}, keyless)).toContain('ENCRYPTION_KEY');
    });
  });

  describe('gets the file', () => {
    it.each([
      ['in one piece', 10 * KB],
      ['that is empty', 0],
      ['in parts', 12 * MB],
    ])('%s, whole and described', async (_, size) => {
      const done = await shelf.put({ size });

      const receipt = await channel.deliver(await runOf(done), goOn);

      const key = 'daily/nightly_2026-03-29.csv';
      expect(receipt).toEqual({ bucket, key, bytes: size });
      expect(await observer.keys()).toEqual([key]);
      expect(await observer.object(key)).toEqual({
        ...(await digest(bytes(size))),
        contentType: 'text/csv; charset=utf-8',
        metadata: expect.objectContaining({ 'export-id': done.id, sha256: done.sha256 }),
      });
      expect(proxy.seen.filter(isPart)).toHaveLength(size > 5 * MB ? 3 : 0);
      expect(proxy.seen.find(size > 5 * MB ? isCompletion : isWrite)?.headers['if-none-match']).toBe('*');
      expect(await observer.unfinishedUploads('')).toEqual([]);
    });

    it('under its own name and the date of its end where the run has none', async () => {
      const done = await shelf.put({ fileName: 'Звіт 1.5.csv.gz' });
      const { name: _name, date: _date, ...target } = (await runOf(done)).target;

      await channel.deliver(parcelOf({ channel: 's3', exportId: done.id, target }), goOn);

      expect(await observer.keys()).toEqual(['daily/Звіт_1.5_2026-03-29.csv.gz']);
    });

    it('encrypted as the service’s own files are, but never by its own key', async () => {
      const own = { STORAGE: 's3', S3_BUCKET: 'somewhere', S3_SSE: 'aws:kms', S3_KMS_KEY_ID: 'ours' };
      const encrypting = await shelfWith(own);
      const services = servicesOn(encrypting, hosts());

      await services.targets.plan(wish(), 'destination');

      expect(proxy.seen[0]!.headers).toMatchObject({ 'x-amz-server-side-encryption': 'AES256' });
      expect(proxy.seen[0]!.headers).not.toHaveProperty('x-amz-server-side-encryption-aws-kms-key-id');
    });
  });

  describe('keeps what it has', () => {
    it('when another run of the day has the key', async () => {
      const [first, second, third] = [
        await shelf.put({ size: 10 }),
        await shelf.put({ size: 20 }),
        await shelf.put({ size: 30 }),
      ];

      for (const done of [first, second, third]) await channel.deliver(await runOf(done), goOn);

      const found = await Promise.all(
        (await observer.keys()).map(async (key) => [key, (await observer.object(key)).sha256]),
      );
      expect(Object.fromEntries(found)).toEqual({
        'daily/nightly_2026-03-29.csv': first.sha256,
        'daily/nightly_2026-03-29-2.csv': second.sha256,
        'daily/nightly_2026-03-29-3.csv': third.sha256,
      });
    });

    it('when somebody else put an object there', async () => {
      await observer.put('daily/nightly_2026-03-29.csv', 'theirs');
      const done = await shelf.put();

      expect(await channel.deliver(await runOf(done), goOn)).toMatchObject({ key: 'daily/nightly_2026-03-29-2.csv' });
      expect(await observer.object('daily/nightly_2026-03-29.csv')).toMatchObject({ size: 'theirs'.length });
      expect(await channel.deliver(await runOf(await shelf.put()), goOn)).toMatchObject({
        key: 'daily/nightly_2026-03-29-3.csv',
      });
    });

    it('when somebody puts one there in the very moment', async () => {
      const done = await shelf.put();
      const parcel = await runOf(done);
      let interfered: Promise<void> | undefined;
      proxy.decide = (request) => {
        // The look has found nothing, and the file is under way.
        if (isWrite(request) && interfered === undefined) {
          interfered = observer.put('daily/nightly_2026-03-29.csv', 'theirs');
          return 500;
        }
        return 'pass';
      };

      const receipt = await channel.deliver(parcel, goOn);

      await interfered;
      expect(receipt).toMatchObject({ key: 'daily/nightly_2026-03-29-2.csv' });
      expect(await observer.object('daily/nightly_2026-03-29.csv')).toMatchObject({ size: 'theirs'.length });
    });

    it('when many runs arrive at once, from several processes', async () => {
      const runs = await Promise.all([...Array(8).keys()].map(async (n) => shelf.put({ size: 100 + n })));
      const parcels = await Promise.all(runs.map((done) => runOf(done)));
      const processes = [channel, servicesOn(shelf, hosts()).channel, servicesOn(shelf, hosts()).channel];

      const receipts = await Promise.all(parcels.map((parcel, n) => processes[n % 3]!.deliver(parcel, goOn)));

      expect(new Set(receipts.map(({ key }) => key)).size).toBe(8);
      expect(await observer.keys()).toHaveLength(8);
      for (const [n, { key }] of receipts.entries())
        expect(await observer.object(String(key))).toMatchObject({ sha256: runs[n]!.sha256 });
    });

    it('when many large runs arrive at once, where the storage heeds no condition', async () => {
      const runs = await Promise.all([1, 2, 3].map((n) => shelf.put({ size: 6 * MB + n })));
      const parcels = await Promise.all(runs.map((done) => runOf(done)));

      const receipts = await Promise.all(parcels.map((parcel) => channel.deliver(parcel, goOn)));

      for (const [n, { key }] of receipts.entries())
        expect(await observer.object(String(key))).toMatchObject({ sha256: runs[n]!.sha256 });
      expect(await observer.keys()).toHaveLength(3);
    });

    it('when the storage refuses to hear of conditions', async () => {
      await observer.put('daily/nightly_2026-03-29.csv', 'theirs');
      proxy.decide = ({ headers }) => (headers['if-none-match'] === undefined ? 'pass' : 501);
      const [small, large] = [await shelf.put(), await shelf.put({ size: 6 * MB })];

      const receipts = [
        await channel.deliver(await runOf(small), goOn),
        await channel.deliver(await runOf(large), goOn),
      ];

      expect(receipts.map(({ key }) => key)).toEqual([
        'daily/nightly_2026-03-29-2.csv',
        'daily/nightly_2026-03-29-3.csv',
      ]);
      expect(await observer.object('daily/nightly_2026-03-29-3.csv')).toMatchObject({ sha256: large.sha256 });
      expect(await observer.unfinishedUploads('')).toEqual([]);
    });

    it('and its claims are forgotten after a while', async () => {
      await channel.deliver(await runOf(await shelf.put()), goOn);
      await shelf.prisma.$executeRaw`UPDATE delivered_objects SET created_at = now() - interval '91 days'`;
      const next = { bucket, key: 'daily/nightly_2026-03-29-2.csv' };

      expect(await channel.deliver(await runOf(await shelf.put()), goOn)).toMatchObject(next);

      expect(await shelf.prisma.deliveredObject.findMany()).toEqual([expect.objectContaining(next)]);
    });

    it('when its objects may not be looked at', async () => {
      await observer.put('daily/nightly_2026-03-29.csv', 'theirs');
      await observer.deny('s3:GetObject');
      const [first, second] = [await shelf.put(), await shelf.put()];

      const receipts = [
        await channel.deliver(await runOf(first), goOn),
        await channel.deliver(await runOf(second), goOn),
        await channel.deliver(await runOf(first), goOn),
      ];

      expect(receipts.map(({ key }) => key)).toEqual([
        'daily/nightly_2026-03-29-2.csv',
        'daily/nightly_2026-03-29-3.csv',
        'daily/nightly_2026-03-29-2.csv',
      ]);
      expect(await observer.keys()).toHaveLength(3);
    });
  });

  describe('has a run once', () => {
    it('when it is delivered again', async () => {
      await observer.put('daily/nightly_2026-03-29.csv', 'theirs');
      const parcel = await runOf(await shelf.put());

      const receipt = await channel.deliver(parcel, goOn);
      expect(await channel.deliver({ ...parcel, attempt: 2 }, goOn)).toEqual(receipt);

      expect(proxy.seen.filter(isWrite)).toHaveLength(1);
      expect(await observer.keys()).toHaveLength(2);
    });

    it('when the claims were lost', async () => {
      const parcel = await runOf(await shelf.put());
      const receipt = await channel.deliver(parcel, goOn);
      await shelf.prisma.deliveredObject.deleteMany();

      expect(await channel.deliver(parcel, goOn)).toEqual(receipt);
      expect(await observer.keys()).toHaveLength(1);
    });

    it('when two attempts at it overlap', async () => {
      const parcel = await runOf(await shelf.put({ size: 6 * MB }));

      const receipts = await Promise.all([channel.deliver(parcel, goOn), channel.deliver(parcel, goOn)]);

      expect(receipts[0]).toEqual(receipts[1]);
      expect(await observer.keys()).toHaveLength(1);
    });

    it('when another attempt at it writes in the very moment', async () => {
      const done = await shelf.put();
      const [parcel, earlier] = [await runOf(done), await runOf(done, { endpoint: settings.endpoint })];
      let hasWritten = false;
      let writing: Promise<unknown> | undefined;
      proxy.decide = (request) => {
        if (!isWrite(request) || hasWritten) return 'pass';
        writing ??= channel.deliver(earlier, goOn).then(() => (hasWritten = true));
        return 500;
      };

      expect(await channel.deliver(parcel, goOn)).toEqual({
        bucket,
        key: 'daily/nightly_2026-03-29.csv',
        bytes: done.size,
      });

      await writing;
      expect(await observer.keys()).toEqual(['daily/nightly_2026-03-29.csv']);
    });

    it.each([
      ['small', 10 * KB, isWrite],
      ['large', 12 * MB, isCompletion],
    ])('when the answer to a %s one is lost', async (_, size, which) => {
      const parcel = await runOf(await shelf.put({ size }));
      let lost = 0;
      proxy.decide = (request) => (which(request) && lost++ === 0 ? 'lose-answer' : 'pass');

      expect(await channel.deliver(parcel, goOn)).toMatchObject({ key: 'daily/nightly_2026-03-29.csv', bytes: size });

      expect(lost).toBeGreaterThan(0);
      expect(await observer.keys()).toEqual(['daily/nightly_2026-03-29.csv']);
    });
  });

  describe('gets nothing', () => {
    const expectNothing = async () => {
      proxy.recover();
      expect(await observer.keys()).toEqual([]);
      expect(await observer.unfinishedUploads('')).toEqual([]);
    };

    it('of a file that breaks off or was changed, and says so', async () => {
      const done = await shelf.put({ size: 6 * MB });
      const parcel = await runOf(done);
      await shelf.prisma.export.update({ where: { id: done.id }, data: { sha256: '0'.repeat(64) } });

      await expect(channel.deliver(parcel, goOn)).rejects.toThrow('is not the one that was recorded');

      await expectNothing();
    });

    it('when the attempt has to end', async () => {
      const parcel = await runOf(await shelf.put({ size: 12 * MB }));
      const over = new AbortController();
      proxy.decide = (request) => (isPart(request) ? 'hang' : 'pass');

      const delivery = channel.deliver(parcel, over.signal);
      delivery.catch(() => undefined);
      await until('a part is under way', () => proxy.seen.some(isPart));
      over.abort(new Error('the lease is over'));

      await expect(delivery).rejects.toThrow('the lease is over');
      await expectNothing();
    });

    it('when the right to write was taken away meanwhile, and says so', async () => {
      const parcel = await runOf(await shelf.put());
      await observer.deny('s3:PutObject');

      const delivery = channel.deliver(parcel, goOn);

      await expect(delivery).rejects.toThrow(`The credentials have no right to write to s3://${bucket}/daily/`);
      await expect(delivery).rejects.not.toMatchObject({ name: 'DeliveryRefusedError' });
      await expectNothing();
    });

    it.each(['expired', 'failed'])('of an export that is %s', async (status) => {
      const done = await shelf.put({ status });

      await expect(channel.deliver(await runOf(done), goOn)).rejects.toMatchObject({ name: 'DeliveryRefusedError' });
      await expectNothing();
    });

    it('when the bytes of the export are lost', async () => {
      const done = await shelf.put();
      await shelf.storage.discard(`exports/${done.id}/`);

      await expect(channel.deliver(await runOf(done), goOn)).rejects.toMatchObject({ name: 'DeliveryRefusedError' });
      await expectNothing();
    });

    it('when its endpoint is not allowed any more', async () => {
      const parcel = await runOf(await shelf.put());

      const delivery = servicesOn(shelf, []).channel.deliver(parcel, goOn);

      await expect(delivery).rejects.toThrow('must begin with https://');
      await expectNothing();
    });
  });
});
