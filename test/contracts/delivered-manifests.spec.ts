import { credentialsPurpose } from '../../src/delivery/channels/s3/bucket-target';
import type { S3Channel } from '../../src/delivery/channels/s3/s3.channel';
import { SftpConnections } from '../../src/delivery/channels/sftp/sftp-connection';
import { SftpPlanner } from '../../src/delivery/channels/sftp/sftp-planner';
import { SftpChannel } from '../../src/delivery/channels/sftp/sftp.channel';
import { ExportFiles } from '../../src/delivery/infrastructure/export-file';
import { ObjectClaims } from '../../src/delivery/infrastructure/object-claims';
import { OutboundAddresses } from '../../src/delivery/infrastructure/outbound/outbound-addresses';
import { SecretCipher } from '../../src/delivery/infrastructure/secret-cipher';
import type { ClaimedMessage } from '../../src/delivery/model/domain/claimed-message';
import { digestOf } from '../../src/platform/digest/block-digest';
import { bucketServices } from '../support/bucket-bench';
import { createClaimedMessage } from '../support/claimed-messages';
import { ExportFixture } from '../support/export-fixture';
import { FaultyProxy } from '../support/faulty-proxy';
import { ObjectServer } from '../support/object-server';
import { describeOnSftp, SftpServer } from '../support/sftp-server';

const signal = new AbortController().signal;
const MANIFEST = '{"manifest":{"version":1},"jws":null}\n';
const NAME = 'nightly_2026-03-29.csv';

describe('A manifest in a bucket', () => {
  const secrets = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const [file, manifest] = [`theirs/daily/${NAME}`, `theirs/daily/${NAME}.manifest.json`];
  let server: ObjectServer;
  let proxy: FaultyProxy;
  let fixture: ExportFixture;
  let channel: S3Channel;

  beforeAll(async () => {
    fixture = await ExportFixture.create();
  });
  beforeEach(async () => {
    server = await ObjectServer.start();
    proxy = await FaultyProxy.before(server.url);
    await fixture.prisma.deliveredObject.deleteMany();
    ({ channel } = bucketServices(fixture, new OutboundAddresses([new URL(proxy.url).host])));
  });
  afterEach(async () => {
    await proxy.close();
    await server.stop();
  });
  afterAll(() => fixture.remove());

  async function createMessage(): Promise<ClaimedMessage> {
    const { id } = await fixture.put({ manifest: MANIFEST });
    const access = { uri: 's3://theirs/daily/', endpoint: proxy.url };
    const cipher = new SecretCipher(fixture.config.encryption);
    const credentials = cipher.encrypt(JSON.stringify(secrets), credentialsPurpose(access));
    const naming = { name: 'nightly', date: '2026-03-29' };
    const target = { ...access, region: null, forcePathStyle: true, credentials, ...naming };
    return createClaimedMessage({ channel: 's3', exportId: id, target });
  }

  it('is written after the file', async () => {
    await channel.deliver(await createMessage(), signal);

    expect([...server.objects.keys()]).toEqual([file, manifest]);
    expect(server.objects.get(manifest)).toMatchObject({
      sha256: digestOf(Buffer.from(MANIFEST)).sha256,
      headers: expect.objectContaining({ 'content-type': 'application/json' }),
    });
  });

  it('is added by the next attempt when it could not be written', async () => {
    const message = await createMessage();
    proxy.decide = ({ url, method }) => (method === 'PUT' && url.pathname.endsWith('.manifest.json') ? 403 : 'pass');
    await expect(channel.deliver(message, signal)).rejects.toThrow();
    const before = [...server.objects.keys()];
    proxy.recover();

    await channel.deliver({ ...message, attempt: 2 }, signal);

    expect(before).toEqual([file]);
    expect([...server.objects.keys()]).toEqual([file, manifest]);
  });

  it('is written once when the run is delivered again', async () => {
    const message = await createMessage();
    const receipt = await channel.deliver(message, signal);

    expect(await channel.deliver({ ...message, attempt: 2 }, signal)).toEqual(receipt);

    expect([...server.objects.keys()]).toEqual([file, manifest]);
  });

  it('never overwrites an object of another owner: the file gets another name', async () => {
    const theirs = { sha256: 'ab'.repeat(32), exportId: null };
    server.objects.set(manifest, theirs);

    const receipt = await channel.deliver(await createMessage(), signal);

    expect(receipt).toMatchObject({ key: 'daily/nightly_2026-03-29-2.csv' });
    expect(server.objects.get(manifest)).toEqual(theirs);
    expect([...server.objects.keys()]).toHaveLength(3);
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
    const files = new ExportFiles(fixture.exports, fixture.production);
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

  it('never overwrites a file of another owner: the file of the export gets another name', async () => {
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
