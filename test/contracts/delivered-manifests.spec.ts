import type { S3Channel } from '../../src/delivery/channels/s3/s3.channel';
import { SftpConnections } from '../../src/delivery/channels/sftp/sftp-connection';
import { SftpPlanner } from '../../src/delivery/channels/sftp/sftp-planner';
import { SftpChannel } from '../../src/delivery/channels/sftp/sftp.channel';
import { ExportFiles } from '../../src/delivery/infrastructure/export-file';
import { ObjectClaims } from '../../src/delivery/infrastructure/object-claims';
import { OutboundAddresses } from '../../src/delivery/infrastructure/outbound/outbound-addresses';
import { SecretCipher } from '../../src/delivery/infrastructure/secret-cipher';
import type { ClaimedMessage } from '../../src/delivery/model/domain/claimed-message';
import { BucketBench } from '../support/bucket-bench';
import { createClaimedMessage } from '../support/claimed-messages';
import { ExportFixture } from '../support/export-fixture';
import type { SeenRequest } from '../support/faulty-proxy';
import { describeOnS3 } from '../support/s3-under-test';
import { describeOnSftp, SftpServer } from '../support/sftp-server';

const signal = new AbortController().signal;
const MANIFEST = '{"manifest":{"version":1},"jws":null}\n';
const NAME = 'nightly_2026-03-29.csv';

describeOnS3('A manifest in a bucket', () => {
  let bench: BucketBench;
  let channel: S3Channel;

  beforeAll(async () => {
    bench = await BucketBench.create();
    ({ channel } = bench.services());
  });
  beforeEach(() => bench.clear());
  afterAll(() => bench.remove());

  const messageOf = async () => bench.runOf(await bench.fixture.put({ manifest: MANIFEST }));
  const isWrite = ({ method }: SeenRequest) => method === 'PUT';
  const writes = () => bench.proxy.seen.filter(isWrite).map(({ url }) => url.pathname.split('/').at(-1));

  it('is written after the file', async () => {
    await channel.deliver(await messageOf(), signal);

    expect(writes()).toEqual([NAME, `${NAME}.manifest.json`]);
    expect(await bench.observer.keys()).toEqual([`daily/${NAME}`, `daily/${NAME}.manifest.json`]);
    expect(await bench.observer.object(`daily/${NAME}.manifest.json`)).toMatchObject({
      size: MANIFEST.length,
      contentType: 'application/json',
    });
  });

  it('is added by the next attempt when it could not be written', async () => {
    const message = await messageOf();
    bench.proxy.decide = ({ url }) => (url.pathname.endsWith('.manifest.json') ? 'cut' : 'pass');
    await expect(channel.deliver(message, signal)).rejects.toThrow();
    const before = await bench.observer.keys();
    bench.proxy.recover();

    const receipt = await channel.deliver({ ...message, attempt: 2 }, signal);

    expect(before).toEqual([`daily/${NAME}`]);
    expect(receipt).toMatchObject({ key: `daily/${NAME}` });
    expect(await bench.observer.keys()).toEqual([`daily/${NAME}`, `daily/${NAME}.manifest.json`]);
  });

  it('is written once when the run is delivered again', async () => {
    const message = await messageOf();
    const receipt = await channel.deliver(message, signal);

    expect(await channel.deliver({ ...message, attempt: 2 }, signal)).toEqual(receipt);

    expect(writes()).toHaveLength(2);
    expect(await bench.observer.keys()).toHaveLength(2);
  });

  it('never overwrites an object of somebody else: the file gets another name', async () => {
    await bench.observer.put(`daily/${NAME}.manifest.json`, 'theirs');

    const receipt = await channel.deliver(await messageOf(), signal);

    expect(receipt).toMatchObject({ key: 'daily/nightly_2026-03-29-2.csv' });
    expect(await bench.observer.object(`daily/${NAME}.manifest.json`)).toMatchObject({ size: 'theirs'.length });
    expect(await bench.observer.keys()).toHaveLength(3);
  });
});

describeOnSftp('A manifest on an SFTP server', () => {
  let server: SftpServer;
  let fixture: ExportFixture;
  let channel: SftpChannel;

  beforeAll(async () => {
    server = await SftpServer.start();
    fixture = await ExportFixture.create();
    const connections = new SftpConnections(new OutboundAddresses([server.host]));
    const planner = new SftpPlanner(connections, new SecretCipher(fixture.config.encryption));
    const files = new ExportFiles(fixture.exports);
    channel = new SftpChannel(planner, connections, new ObjectClaims(fixture.prisma), files);
  });
  beforeEach(async () => {
    await server.clear();
    await fixture.prisma.deliveredObject.deleteMany();
  });
  afterAll(async () => {
    await server.remove();
    await fixture.remove();
  });

  async function createMessage(): Promise<ClaimedMessage> {
    const { id } = await fixture.put({ manifest: MANIFEST });
    const { uri, username, privateKey } = server;
    const context = { field: 'destination', principal: { userId: 'ann', tenantId: null }, isOperator: false };
    const { target } = await channel.plan({ uri, username, privateKey }, context);
    return createClaimedMessage({
      channel: 'sftp',
      exportId: id,
      target: { ...target, name: 'nightly', date: '2026-03-29' },
    });
  }

  it('is beside the file, and is written once when the run is delivered again', async () => {
    const message = await createMessage();
    const receipt = await channel.deliver(message, signal);

    expect(await channel.deliver({ ...message, attempt: 2 }, signal)).toEqual(receipt);

    expect(await server.names()).toEqual([NAME, `${NAME}.manifest.json`]);
    expect((await server.read(`${NAME}.manifest.json`)).toString()).toBe(MANIFEST);
  });

  it('is added by the next attempt when a process ended before it was written', async () => {
    const message = await createMessage();
    await channel.deliver(message, signal);
    await server.delete(`${NAME}.manifest.json`);

    await channel.deliver({ ...message, attempt: 2 }, signal);

    expect(await server.names()).toEqual([NAME, `${NAME}.manifest.json`]);
  });

  it('never overwrites a file of somebody else: the file of the export gets another name', async () => {
    await server.write(`${NAME}.manifest.json`, 'theirs');

    await channel.deliver(await createMessage(), signal);

    expect((await server.read(`${NAME}.manifest.json`)).toString()).toBe('theirs');
    expect(await server.names()).toEqual([
      'nightly_2026-03-29-2.csv',
      'nightly_2026-03-29-2.csv.manifest.json',
      `${NAME}.manifest.json`,
    ]);
  });
});
