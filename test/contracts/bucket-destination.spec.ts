import type { S3Channel } from '../../src/delivery/channels/s3/s3.channel';
import { BucketBench, isPart } from '../support/bucket-bench';
import { bytes, digest, KB, MB } from '../support/bytes';
import type { SeenRequest } from '../support/faulty-proxy';
import { createClaimedMessage } from '../support/claimed-messages';
import { describeOnS3, s3Server } from '../support/s3-under-test';

const signal = new AbortController().signal;

describeOnS3('A bucket destination', () => {
  let bench: BucketBench;
  let channel: S3Channel;

  beforeAll(async () => {
    bench = await BucketBench.create();
    ({ channel } = bench.services());
  });
  beforeEach(() => bench.clear());
  afterAll(() => bench.remove());

  const isWrite = ({ method, url }: SeenRequest) => method === 'PUT' && !url.searchParams.has('partNumber');
  const isCompletion = ({ method, url }: SeenRequest) => method === 'POST' && url.searchParams.has('uploadId');

  describe('gets the file', () => {
    it.each([
      ['in one piece', 10 * KB],
      ['that is empty', 0],
      ['in parts', 12 * MB],
    ])('%s, complete and with metadata', async (_, size) => {
      const done = await bench.fixture.put({ size });

      const receipt = await channel.deliver(await bench.runOf(done), signal);

      const key = 'daily/nightly_2026-03-29.csv';
      expect(receipt).toEqual({ bucket: bench.bucket, key, bytes: size });
      expect(await bench.observer.keys()).toEqual([key]);
      expect(await bench.observer.object(key)).toEqual({
        ...(await digest(bytes(size))),
        contentType: 'text/csv; charset=utf-8',
        metadata: expect.objectContaining({ 'export-id': done.id, sha256: done.sha256 }),
      });
      expect(bench.proxy.seen.filter(isPart)).toHaveLength(size > 5 * MB ? 3 : 0);
      expect(bench.proxy.seen.find(size > 5 * MB ? isCompletion : isWrite)?.headers['if-none-match']).toBe('*');
      expect(await bench.observer.unfinishedUploads('')).toEqual([]);
    });

    it('under its own name and the day of its completion without a run', async () => {
      const done = await bench.fixture.put({ fileName: 'Звіт 1.5.csv.gz' });
      const target = await bench.plan();

      await channel.deliver(createClaimedMessage({ channel: 's3', exportId: done.id, target }), signal);

      expect(await bench.observer.keys()).toEqual(['daily/Звіт_1.5_2026-03-29.csv.gz']);
    });

    it('encrypted like the service’s own files, but never with its own key', async () => {
      const own = { STORAGE: 's3', S3_BUCKET: 'somewhere', S3_SSE: 'aws:kms', S3_KMS_KEY_ID: 'ours' };
      const encrypting = await bench.fixtureWith(own);
      const services = bench.services(encrypting);

      await bench.plan({}, services);

      expect(bench.proxy.seen[0]!.headers).toMatchObject({ 'x-amz-server-side-encryption': 'AES256' });
      expect(bench.proxy.seen[0]!.headers).not.toHaveProperty('x-amz-server-side-encryption-aws-kms-key-id');
    });
  });

  describe('keeps existing objects', () => {
    it('when another run of the day has the key', async () => {
      const [first, second, third] = [
        await bench.fixture.put({ size: 10 }),
        await bench.fixture.put({ size: 20 }),
        await bench.fixture.put({ size: 30 }),
      ];

      for (const done of [first, second, third]) await channel.deliver(await bench.runOf(done), signal);

      const found = await Promise.all(
        (await bench.observer.keys()).map(async (key) => [key, (await bench.observer.object(key)).sha256]),
      );
      expect(Object.fromEntries(found)).toEqual({
        'daily/nightly_2026-03-29.csv': first.sha256,
        'daily/nightly_2026-03-29-2.csv': second.sha256,
        'daily/nightly_2026-03-29-3.csv': third.sha256,
      });
    });

    it('when another writer created the object', async () => {
      await bench.observer.put('daily/nightly_2026-03-29.csv', 'theirs');
      const done = await bench.fixture.put();

      expect(await channel.deliver(await bench.runOf(done), signal)).toMatchObject({
        key: 'daily/nightly_2026-03-29-2.csv',
      });
      expect(await bench.observer.object('daily/nightly_2026-03-29.csv')).toMatchObject({ size: 'theirs'.length });
      expect(await channel.deliver(await bench.runOf(await bench.fixture.put()), signal)).toMatchObject({
        key: 'daily/nightly_2026-03-29-3.csv',
      });
    });

    it('when another writer creates it concurrently', async () => {
      const done = await bench.fixture.put();
      const message = await bench.runOf(done);
      let interfered: Promise<void> | undefined;
      bench.proxy.decide = (request) => {
        // The look has found nothing, and the file is under way.
        if (isWrite(request) && interfered === undefined) {
          interfered = bench.observer.put('daily/nightly_2026-03-29.csv', 'theirs');
          return 500;
        }
        return 'pass';
      };

      const receipt = await channel.deliver(message, signal);

      await interfered;
      expect(receipt).toMatchObject({ key: 'daily/nightly_2026-03-29-2.csv' });
      expect(await bench.observer.object('daily/nightly_2026-03-29.csv')).toMatchObject({ size: 'theirs'.length });
    });

    it('when many runs arrive concurrently from several processes', async () => {
      const runs = await Promise.all([...Array(8).keys()].map(async (n) => bench.fixture.put({ size: 100 + n })));
      const messages = await Promise.all(runs.map((done) => bench.runOf(done)));
      const processes = [channel, bench.services().channel, bench.services().channel];

      const receipts = await Promise.all(messages.map((message, n) => processes[n % 3]!.deliver(message, signal)));

      expect(new Set(receipts.map(({ key }) => key)).size).toBe(8);
      expect(await bench.observer.keys()).toHaveLength(8);
      for (const [n, { key }] of receipts.entries())
        expect(await bench.observer.object(String(key))).toMatchObject({ sha256: runs[n]!.sha256 });
    });

    it('when many large runs arrive concurrently on a storage that ignores conditions', async () => {
      const runs = await Promise.all([1, 2, 3].map((n) => bench.fixture.put({ size: 6 * MB + n })));
      const messages = await Promise.all(runs.map((done) => bench.runOf(done)));

      const receipts = await Promise.all(messages.map((message) => channel.deliver(message, signal)));

      for (const [n, { key }] of receipts.entries())
        expect(await bench.observer.object(String(key))).toMatchObject({ sha256: runs[n]!.sha256 });
      expect(await bench.observer.keys()).toHaveLength(3);
    });

    it('when the storage rejects conditional requests', async () => {
      await bench.observer.put('daily/nightly_2026-03-29.csv', 'theirs');
      bench.proxy.decide = ({ headers }) => (headers['if-none-match'] === undefined ? 'pass' : 501);
      const [small, large] = [await bench.fixture.put(), await bench.fixture.put({ size: 6 * MB })];

      const receipts = [
        await channel.deliver(await bench.runOf(small), signal),
        await channel.deliver(await bench.runOf(large), signal),
      ];

      expect(receipts.map(({ key }) => key)).toEqual([
        'daily/nightly_2026-03-29-2.csv',
        'daily/nightly_2026-03-29-3.csv',
      ]);
      expect(await bench.observer.object('daily/nightly_2026-03-29-3.csv')).toMatchObject({ sha256: large.sha256 });
      expect(await bench.observer.unfinishedUploads('')).toEqual([]);
    });

    it('and deletes its claims after a while', async () => {
      await channel.deliver(await bench.runOf(await bench.fixture.put()), signal);
      await bench.fixture.prisma.$executeRaw`UPDATE delivered_objects SET created_at = now() - interval '91 days'`;
      const next = { bucket: bench.bucket, key: 'daily/nightly_2026-03-29-2.csv' };

      expect(await channel.deliver(await bench.runOf(await bench.fixture.put()), signal)).toMatchObject(next);

      expect(await bench.fixture.prisma.deliveredObject.findMany()).toEqual([expect.objectContaining(next)]);
    });

    it('without read permission', async () => {
      await bench.observer.put('daily/nightly_2026-03-29.csv', 'theirs');
      await bench.observer.deny('s3:GetObject');
      const [first, second] = [await bench.fixture.put(), await bench.fixture.put()];

      const receipts = [
        await channel.deliver(await bench.runOf(first), signal),
        await channel.deliver(await bench.runOf(second), signal),
        await channel.deliver(await bench.runOf(first), signal),
      ];

      expect(receipts.map(({ key }) => key)).toEqual([
        'daily/nightly_2026-03-29-2.csv',
        'daily/nightly_2026-03-29-3.csv',
        'daily/nightly_2026-03-29-2.csv',
      ]);
      expect(await bench.observer.keys()).toHaveLength(3);
    });
  });

  describe('stores a run once', () => {
    it('when it is delivered again', async () => {
      await bench.observer.put('daily/nightly_2026-03-29.csv', 'theirs');
      const message = await bench.runOf(await bench.fixture.put());

      const receipt = await channel.deliver(message, signal);
      expect(await channel.deliver({ ...message, attempt: 2 }, signal)).toEqual(receipt);

      expect(bench.proxy.seen.filter(isWrite)).toHaveLength(1);
      expect(await bench.observer.keys()).toHaveLength(2);
    });

    it('when the claims were lost', async () => {
      const message = await bench.runOf(await bench.fixture.put());
      const receipt = await channel.deliver(message, signal);
      await bench.fixture.prisma.deliveredObject.deleteMany();

      expect(await channel.deliver(message, signal)).toEqual(receipt);
      expect(await bench.observer.keys()).toHaveLength(1);
    });

    it('when two attempts overlap', async () => {
      const message = await bench.runOf(await bench.fixture.put({ size: 6 * MB }));

      const receipts = await Promise.all([channel.deliver(message, signal), channel.deliver(message, signal)]);

      expect(receipts[0]).toEqual(receipts[1]);
      expect(await bench.observer.keys()).toHaveLength(1);
    });

    it('when another attempt writes concurrently', async () => {
      const done = await bench.fixture.put();
      const [message, earlier] = [await bench.runOf(done), await bench.runOf(done, { endpoint: s3Server.endpoint })];
      let hasWritten = false;
      let writing: Promise<unknown> | undefined;
      bench.proxy.decide = (request) => {
        if (!isWrite(request) || hasWritten) return 'pass';
        writing ??= channel.deliver(earlier, signal).then(() => (hasWritten = true));
        return 500;
      };

      expect(await channel.deliver(message, signal)).toEqual({
        bucket: bench.bucket,
        key: 'daily/nightly_2026-03-29.csv',
        bytes: done.size,
      });

      await writing;
      expect(await bench.observer.keys()).toEqual(['daily/nightly_2026-03-29.csv']);
    });

    it.each([
      ['small', 10 * KB, isWrite],
      ['large', 12 * MB, isCompletion],
    ])('when the response to a %s upload is lost', async (_, size, which) => {
      const message = await bench.runOf(await bench.fixture.put({ size }));
      let lost = 0;
      bench.proxy.decide = (request) => (which(request) && lost++ === 0 ? 'lose-answer' : 'pass');

      expect(await channel.deliver(message, signal)).toMatchObject({
        key: 'daily/nightly_2026-03-29.csv',
        bytes: size,
      });

      expect(lost).toBeGreaterThan(0);
      expect(await bench.observer.keys()).toEqual(['daily/nightly_2026-03-29.csv']);
    });
  });
});
