import type { S3Channel } from '../../src/delivery/channels/s3/s3.channel';
import { OutboundAddresses } from '../../src/delivery/infrastructure/outbound/outbound-addresses';
import { BucketBench, bucketServices, isPart } from '../support/bucket-bench';
import { MB } from '../support/bytes';
import { until } from '../support/until';
import { describeOnS3 } from '../support/s3-under-test';

const signal = new AbortController().signal;

describeOnS3('A bucket destination with a fault', () => {
  let bench: BucketBench;
  let channel: S3Channel;

  beforeAll(async () => {
    bench = await BucketBench.create();
    ({ channel } = bench.services());
  });
  beforeEach(() => bench.clear());
  afterAll(() => bench.remove());

  const expectNothing = async () => {
    bench.proxy.recover();
    expect(await bench.observer.keys()).toEqual([]);
    expect(await bench.observer.unfinishedUploads('')).toEqual([]);
  };

  it('gets nothing of a file that breaks off or was changed, and reports it', async () => {
    const done = await bench.fixture.put({ size: 6 * MB });
    const message = await bench.runOf(done);
    await bench.fixture.prisma.export.update({ where: { id: done.id }, data: { sha256: '0'.repeat(64) } });

    await expect(channel.deliver(message, signal)).rejects.toThrow('is not the one that was recorded');

    await expectNothing();
  });

  it('gets nothing when the attempt is aborted', async () => {
    const message = await bench.runOf(await bench.fixture.put({ size: 12 * MB }));
    const over = new AbortController();
    bench.proxy.decide = (request) => (isPart(request) ? 'hang' : 'pass');

    const delivery = channel.deliver(message, over.signal);
    delivery.catch(() => undefined);
    await until('a part is under way', () => bench.proxy.seen.some(isPart));
    over.abort(new Error('the lease is over'));

    await expect(delivery).rejects.toThrow('the lease is over');
    await expectNothing();
  });

  it('gets nothing when the write permission was revoked, and reports it', async () => {
    const message = await bench.runOf(await bench.fixture.put());
    await bench.observer.deny('s3:PutObject');

    const delivery = channel.deliver(message, signal);

    await expect(delivery).rejects.toThrow(`The credentials have no right to write to s3://${bench.bucket}/daily/`);
    await expect(delivery).rejects.not.toMatchObject({ name: 'DeliveryRefusedError' });
    await expectNothing();
  });

  it.each(['expired', 'failed'])('gets nothing of an export that is %s', async (status) => {
    const done = await bench.fixture.put({ status });

    await expect(channel.deliver(await bench.runOf(done), signal)).rejects.toMatchObject({
      name: 'DeliveryRefusedError',
    });
    await expectNothing();
  });

  it('gets nothing when the bytes of the export are lost', async () => {
    const done = await bench.fixture.put();
    await bench.fixture.storage.discard(`exports/${done.id}/`);

    await expect(channel.deliver(await bench.runOf(done), signal)).rejects.toMatchObject({
      name: 'DeliveryRefusedError',
    });
    await expectNothing();
  });

  it('gets nothing when its endpoint is no longer allowed', async () => {
    const message = await bench.runOf(await bench.fixture.put());

    const delivery = bucketServices(bench.fixture, new OutboundAddresses([])).channel.deliver(message, signal);

    await expect(delivery).rejects.toThrow('must begin with https://');
    await expectNothing();
  });
});
