import type { BucketPlanner } from '../../src/delivery/channels/s3/bucket-planner';
import type { BucketInput } from '../../src/delivery/channels/s3/s3.descriptor';
import { DomainError } from '../../src/platform/errors/domain-error';
import { OutboundAddresses } from '../../src/delivery/infrastructure/outbound/outbound-addresses';
import { SecretCipher } from '../../src/delivery/infrastructure/secret-cipher';
import { TestSteps } from '../../src/delivery/model/domain/destination-test';
import { BucketBench, bucketServices } from '../support/bucket-bench';
import { scaled } from '../support/machine';
import { type Behaviour, WebhookReceiver } from '../support/webhook-receiver';
import { describeOnS3, s3Server } from '../support/s3-under-test';

const signal = new AbortController().signal;

describeOnS3('A bucket destination, when it is planned,', () => {
  const others: WebhookReceiver[] = [];
  let bench: BucketBench;
  let planner: BucketPlanner;

  beforeAll(async () => {
    bench = await BucketBench.create();
    ({ planner } = bench.services());
  });
  beforeEach(() => bench.clear());
  afterAll(async () => {
    for (const one of others) await one.stop();
    await bench.remove();
  });

  /** A server that is no S3 storage. */
  async function anotherServer(): Promise<WebhookReceiver> {
    const started = await WebhookReceiver.start();
    others.push(started);
    return started;
  }

  async function refusalOf(more: Partial<BucketInput>, by = planner, isOperator = false): Promise<string> {
    const refusal: unknown = await bench.plan(more, { planner: by }, isOperator).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({ kind: 'invalid', details: { fields: [{ field: 'destination' }] } });
    return (refusal as DomainError).details.fields![0]!.message;
  }

  it('is probed without leaving an object, and its credentials are stored encrypted', async () => {
    const target = await bench.plan({ uri: `s3://${bench.bucket}/daily` });

    expect(target).toEqual({
      uri: `s3://${bench.bucket}/daily/`,
      endpoint: bench.proxy.url,
      region: s3Server.region,
      forcePathStyle: true,
      credentials: expect.stringMatching(/^v1\./),
    });
    expect(JSON.stringify(target)).not.toContain(s3Server.secretAccessKey);
    expect(bench.proxy.seen.map(({ method }) => method)).toEqual(['POST', 'HEAD', 'DELETE']);
    expect(await bench.observer.keys()).toEqual([]);
    expect(await bench.observer.unfinishedUploads('')).toEqual([]);
  });

  it.each<[string, () => Partial<BucketInput>, RegExp]>([
    ['no address of a bucket', () => ({ uri: 'https://bucket/daily/' }), /must be like s3:\/\/bucket\/prefix\//],
    ['a way out of the prefix', () => ({ uri: `s3://${bench.bucket}/../` }), /must be like s3:\/\//],
    ['half of the credentials', () => ({ secretAccessKey: undefined }), /belong together/],
    ['no credentials', () => ({ accessKeyId: undefined, secretAccessKey: undefined }), /are missing/],
    ['empty credentials', () => ({ accessKeyId: '', secretAccessKey: '' }), /must not be empty/],
    ['a header in the credentials', () => ({ accessKeyId: 'a\r\nX-Evil: 1' }), /not be empty or contain spaces/],
    ['a region that is none', () => ({ region: 'eu/../x' }), /like eu-central-1/],
    ['an endpoint that is none', () => ({ endpoint: 'storage' }), /begins with https:\/\//],
    ['an endpoint by http', () => ({ endpoint: 'http://storage.example.com' }), /must begin with https:\/\//],
    ['a private endpoint', () => ({ endpoint: 'https://10.0.0.1:9000' }), /has no public address/],
    ['a cloud’s metadata', () => ({ endpoint: 'https://169.254.169.254' }), /has no public address/],
    ['this machine', () => ({ endpoint: 'https://127.0.0.1:9000' }), /has no public address/],
    ['an endpoint with a query', () => ({ endpoint: `${bench.proxy.url}/?x=1` }), /end with its host or path/],
    ['a bucket that is not there', () => ({ uri: 's3://there-is-no-such-bucket/' }), /There is no bucket/],
    ['an unknown access key', () => ({ accessKeyId: 'unknown' }), /access key id does not exist/],
    ['a wrong secret', () => ({ secretAccessKey: 'wrong' }), /secret access key does not belong/],
  ])('rejects %s with an explanation', async (_, more, words) => {
    expect(await refusalOf(more())).toMatch(words);
  });

  it('rejects a bucket without write permission', async () => {
    await bench.observer.deny('s3:PutObject');

    expect(await refusalOf({})).toBe(`The credentials have no right to write to s3://${bench.bucket}/daily/`);
  });

  it('is probed again with stored credentials when it is kept', async () => {
    const target = await bench.plan();
    await planner.probe(target, 'destination');

    await bench.observer.deny('s3:PutObject');

    const because = (message: string) => ({
      details: { fields: [{ field: 'destination', message: expect.stringContaining(message) }] },
    });
    await expect(planner.probe(target, 'destination')).rejects.toMatchObject(because('no right to write'));
    const broken = { ...target, credentials: 'v1.x.y' };
    await expect(planner.probe(broken, 'destination')).rejects.toMatchObject(because('give them again'));
  });

  it('accepts a bucket without read permission', async () => {
    await bench.observer.deny('s3:GetObject');

    await expect(bench.plan()).resolves.toHaveProperty('credentials');
  });

  it('rejects a storage that is unreachable, silent or not S3 within seconds', async () => {
    const other = await anotherServer();
    const { planner: allowing } = bucketServices(bench.fixture, new OutboundAddresses([other.host, '127.0.0.1:1']));
    const endpoint = `http://${other.host}`;
    const startedAt = Date.now();

    const closed = 'http://127.0.0.1:1';
    const behaviours: readonly [Behaviour, string][] = [
      [{ status: 200, body: '<html>Welcome</html>' }, 'is no S3 storage'],
      [{ status: 404, body: '<html>Nothing here</html>' }, 'is no S3 storage'],
      [{ status: 403, body: '<html>Go away</html>' }, 'is no S3 storage'],
      [{ status: 301, headers: { location: 'http://169.254.169.254/' }, body: '' }, 'is no S3 storage'],
      ['silent', 'No storage could be reached'],
    ];

    expect(await refusalOf({ endpoint: closed }, allowing)).toBe('No S3 storage could be reached at 127.0.0.1:1');
    expect(await refusalOf({ endpoint: closed }, allowing, true)).toBe('No storage could be reached at 127.0.0.1:1');
    for (const [behaviour, detail] of behaviours) {
      other.behave(behaviour);
      // Only administrators learn what there is: others could scan networks.
      expect(await refusalOf({ endpoint }, allowing)).toBe(`No S3 storage could be reached at ${other.host}`);
      expect(await refusalOf({ endpoint }, allowing, true)).toContain(detail);
    }

    expect(Date.now() - startedAt).toBeLessThan(scaled(20_000));
    expect(other.received.every(({ headers }) => !JSON.stringify(headers).includes(s3Server.secretAccessKey!))).toBe(
      true,
    );
  });

  it('connects only to the checked address when DNS changes in between', async () => {
    const requested: string[] = [];
    const rebinding = new OutboundAddresses([], (hostname) => {
      requested.push(hostname);
      return Promise.resolve([{ address: requested.length <= 2 ? '93.184.215.14' : '127.0.0.1', family: 4 }]);
    });
    const { planner: rebound } = bucketServices(bench.fixture, rebinding);

    const endpoint = `https://rebound.example.com:${new URL(bench.proxy.url).port}`;

    expect(await refusalOf({ endpoint, forcePathStyle: false }, rebound)).toContain('has no public address');
    expect(requested).toContain(`${bench.bucket}.rebound.example.com`);
  });

  it('reports the region of the bucket', async () => {
    const other = await anotherServer();
    const { planner: allowing } = bucketServices(bench.fixture, new OutboundAddresses([other.host]));
    const body = '<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>';
    other.behave({ status: 301, headers: { 'x-amz-bucket-region': 'eu-west-3' }, body });

    expect(await refusalOf({ endpoint: `http://${other.host}` }, allowing)).toContain('its region is eu-west-3');
  });

  it('may be another bucket of the service’s own storage for privileged callers', async () => {
    const own = await bench.fixtureWith({
      STORAGE: 's3',
      S3_ENDPOINT: s3Server.endpoint,
      S3_REGION: s3Server.region,
      S3_BUCKET: s3Server.bucket,
      S3_ACCESS_KEY_ID: s3Server.accessKeyId!,
      S3_SECRET_ACCESS_KEY: s3Server.secretAccessKey!,
      S3_FORCE_PATH_STYLE: 'true',
      S3_SSE: 'AES256',
    });
    const services = bucketServices(own, new OutboundAddresses([]));
    const ours = { endpoint: undefined, region: undefined, accessKeyId: undefined, secretAccessKey: undefined };

    expect(await bench.plan(ours, services, true)).toMatchObject({
      credentials: null,
      endpoint: null,
    });
    const done = await own.put();
    await services.channel.deliver(await bench.runOf(done, ours, services, true), signal);

    expect(await bench.observer.keys()).toEqual(['daily/nightly_2026-03-29.csv']);
    const keep = `s3://${s3Server.bucket}/daily/`;
    expect(await refusalOf({ ...ours, uri: keep }, services.planner, true)).toContain('stores its own files');
    expect(await refusalOf(ours, services.planner)).toContain('are missing');
    expect(await refusalOf({ ...ours, endpoint: 'https://s3.example.com' }, services.planner, true)).toContain(
      'requires an access key id',
    );
    expect(await refusalOf(ours, planner, true)).toContain('on disk');
    const known = { uri: keep, endpoint: s3Server.endpoint };
    expect(await refusalOf(known, bench.services(own).planner)).toContain('stores its own files');
  });

  describe('in a test', () => {
    async function test(more: Partial<BucketInput> = {}, by = planner): Promise<string[]> {
      const prepared = await by.prepareTest({ input: bench.input(more) }, { field: 'destination', isOperator: true });
      const steps = new TestSteps(prepared.steps, (error) => prepared.explain(error), signal);
      await prepared.run(steps, signal).catch(() => undefined);
      return steps.all.map(({ name, outcome, code }) => `${name} ${code ?? outcome}`);
    }
    const begin = ['resolve ok', 'connect ok'];
    const left = (...names: string[]) => names.map((name) => `${name} earlier-step-failed`);

    it('passes all steps, and leaves nothing', async () => {
      expect(await test()).toEqual([...begin, 'authenticate ok', 'write ok', 'read ok', 'delete ok']);
      expect(bench.proxy.seen.map(({ method }) => method)).toEqual(['POST', 'PUT', 'HEAD', 'DELETE']);
      expect(await bench.observer.keys()).toEqual([]);
      expect(await bench.observer.unfinishedUploads('')).toEqual([]);
    });

    it('names the step that fails, and why', async () => {
      const rest = left('write', 'read', 'delete');

      expect(await test({ accessKeyId: 'unknown' })).toEqual([...begin, 'authenticate credentials-refused', ...rest]);
      expect(await test({ secretAccessKey: 'wrong' })).toEqual([...begin, 'authenticate credentials-refused', ...rest]);
      expect(await test({ uri: 's3://there-is-no-such-bucket/' })).toEqual([
        ...begin,
        'authenticate ok',
        'write destination-missing',
        ...left('read', 'delete'),
      ]);
      const other = await anotherServer();
      other.behave({ status: 200, body: '<html>Welcome</html>' });
      const { planner: allowing } = bucketServices(bench.fixture, new OutboundAddresses([other.host, '127.0.0.1:1']));
      expect((await test({ endpoint: `http://${other.host}` }, allowing))[2]).toBe('authenticate wrong-protocol');
      expect((await test({ endpoint: 'http://127.0.0.1:1' }, allowing))[1]).toBe('connect connection-failed');
      expect((await test({ endpoint: `https://${other.host}` }, allowing))[2]).toBe('tls tls-failed');
      expect((await test({ endpoint: 'https://10.0.0.1' }, allowing))[0]).toBe('resolve address-refused');
    });

    it('names a missing right to write, and does without a right to read', async () => {
      await bench.observer.deny('s3:PutObject');
      expect(await test()).toEqual([...begin, 'authenticate ok', 'write not-permitted', ...left('read', 'delete')]);

      await bench.clear();
      await bench.observer.deny('s3:GetObject');
      expect((await test()).slice(3)).toEqual([
        'write ok',
        expect.stringMatching(/^read (ok|not-permitted)$/),
        'delete ok',
      ]);
    });

    it('uses stored credentials', async () => {
      const stored = await bench.plan();
      const prepared = await planner.prepareTest({ stored }, { field: 'destination', isOperator: false });
      const steps = new TestSteps(prepared.steps, (error) => prepared.explain(error), signal);

      await prepared.run(steps, signal);

      expect([steps.failed, prepared.isHostAllowed]).toEqual([undefined, true]);
    });
  });

  it('is rejected without a key to encrypt the credentials', async () => {
    const addresses = new OutboundAddresses(bench.hosts);
    const { planner: keyless } = bucketServices(bench.fixture, addresses, new SecretCipher({ previousKeys: [] }));

    expect(await refusalOf({}, keyless)).toContain('ENCRYPTION_KEY');
  });
});
