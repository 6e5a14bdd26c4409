import { createHash } from 'node:crypto';
import type { S3Channel } from '../../src/delivery/channels/s3/s3.channel';
import { SftpConnections } from '../../src/delivery/channels/sftp/sftp-connection';
import { SftpPlanner } from '../../src/delivery/channels/sftp/sftp-planner';
import { SftpChannel } from '../../src/delivery/channels/sftp/sftp.channel';
import { ExportFiles } from '../../src/delivery/infrastructure/export-file';
import { ObjectClaims } from '../../src/delivery/infrastructure/object-claims';
import { OutboundAddresses } from '../../src/delivery/infrastructure/outbound/outbound-addresses';
import { SecretCipher } from '../../src/delivery/infrastructure/secret-cipher';
import type { ClaimedMessage } from '../../src/delivery/model/domain/claimed-message';
import { TransferProgress } from '../../src/delivery/model/domain/transfer-progress';
import { bucketServices, type BucketServices } from '../support/bucket-bench';
import { createClaimedMessage } from '../support/claimed-messages';
import { ExportFixture, type StoredExport } from '../support/export-fixture';
import { ObjectServer } from '../support/object-server';
import { describeOnSftp, SftpServer } from '../support/sftp-server';

const signal = new AbortController().signal;
const FILES = {
  'day=2026-03-28/Rows-00001.csv': 'id\n1\n',
  'day=2026-03-29/Rows-00002.csv': 'id\n2\n',
  'Rows-00003.csv': 'id\n',
};
const FOLDER = 'nightly_2026-03-29';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Fails once, after some files were copied. */
class BrokenProgress extends TransferProgress {
  constructor(private left: number) {
    super();
  }

  override add(bytes: number): void {
    super.add(bytes);
    this.left -= 1;
    if (this.left === 0) throw new Error('The process ends');
  }
}

describe('A bucket that gets several files', () => {
  let fixture: ExportFixture;
  let server: ObjectServer;
  let services: BucketServices;
  let channel: S3Channel;

  beforeAll(async () => {
    fixture = await ExportFixture.create();
  });
  beforeEach(async () => {
    server = await ObjectServer.start();
    services = bucketServices(fixture, new OutboundAddresses([server.host]));
    ({ channel } = services);
  });
  afterEach(async () => {
    await server.stop();
    await fixture.prisma.deliveredObject.deleteMany();
  });
  afterAll(() => fixture.remove());

  async function messageOf({ id }: StoredExport): Promise<ClaimedMessage> {
    const input = {
      uri: 's3://theirs/daily/',
      endpoint: server.url,
      region: 'eu',
      accessKeyId: 'a',
      secretAccessKey: 's',
    };
    const planned = await services.planner.plan(input, { field: 'destination', isOperator: true });
    const target = JSON.parse(JSON.stringify({ ...planned, name: 'nightly', date: '2026-03-29' })) as typeof planned;
    return createClaimedMessage({ channel: 's3', exportId: id, target: target });
  }

  const contents = () => new Map([...server.objects].map(([name, object]) => [name, object.sha256]));
  const expected = (manifest: string, folder = FOLDER) =>
    new Map(
      [...Object.entries(FILES), ['manifest.json', manifest] as const].map(([name, text]) => [
        `theirs/daily/${folder}/${name}`,
        sha256(text),
      ]),
    );

  it('has them below one prefix, and the manifest last', async () => {
    const done = await fixture.putParts(FILES);

    const receipt = await channel.deliver(await messageOf(done), signal);

    expect(receipt).toEqual({ bucket: 'theirs', key: `daily/${FOLDER}/`, bytes: done.size });
    // In the order in which they were written.
    expect([...contents()]).toEqual([...expected(done.manifest)]);
  });

  it.each([1, 2, 3, 4])('is complete after the next attempt, when the first one ends at file %d', async (file) => {
    const done = await fixture.putParts(FILES);
    const message = await messageOf(done);
    await expect(channel.deliver(message, signal, new BrokenProgress(file))).rejects.toThrow();
    expect(server.objects.has(`theirs/daily/${FOLDER}/manifest.json`)).toBe(false);

    await channel.deliver(message, signal);

    expect([...contents()]).toEqual([...expected(done.manifest)]);
  });

  it('keeps the files of another export of the day', async () => {
    const [first, second] = [
      await fixture.putParts(FILES),
      await fixture.putParts({ ...FILES, 'Rows-00004.csv': 'id\n4\n' }),
    ];
    await channel.deliver(await messageOf(first), signal);

    const receipt = await channel.deliver(await messageOf(second), signal);

    expect(receipt).toMatchObject({ key: `daily/${FOLDER}-2/` });
    for (const [name, hash] of expected(first.manifest)) expect(server.objects.get(name)?.sha256).toBe(hash);
    expect(server.objects.size).toBe(4 + 5);
  });

  it('keeps the objects of others, and takes the next prefix', async () => {
    const name = `theirs/daily/${FOLDER}/day=2026-03-28/Rows-00001.csv`;
    server.objects.set(name, { sha256: 'theirs', exportId: null });
    const done = await fixture.putParts(FILES);

    await channel.deliver(await messageOf(done), signal);

    expect(server.objects.get(name)?.sha256).toBe('theirs');
    expect([...contents()].slice(1)).toEqual([...expected(done.manifest, `${FOLDER}-2`)]);
  });
});

describeOnSftp('An SFTP server that gets several files', () => {
  let server: SftpServer;
  let fixture: ExportFixture;
  let channel: SftpChannel;

  beforeAll(async () => {
    server = await SftpServer.start();
    fixture = await ExportFixture.create();
    const connections = new SftpConnections(new OutboundAddresses([server.host]));
    const planner = new SftpPlanner(connections, new SecretCipher(fixture.config.encryption));
    channel = new SftpChannel(
      planner,
      connections,
      new ObjectClaims(fixture.prisma),
      new ExportFiles(fixture.exports, fixture.production),
    );
  });
  beforeEach(async () => {
    await server.clear();
    await fixture.prisma.deliveredObject.deleteMany();
  });
  afterAll(async () => {
    await server.remove();
    await fixture.remove();
  });

  async function messageOf({ id }: StoredExport): Promise<ClaimedMessage> {
    const { uri, username, privateKey } = server;
    const context = { field: 'destination', principal: { userId: 'ann', tenantId: null }, isOperator: false };
    const { target } = await channel.plan({ uri, username, privateKey }, context);
    const stored = JSON.parse(JSON.stringify({ ...target, name: 'nightly', date: '2026-03-29' })) as typeof target;
    return createClaimedMessage({ channel: 'sftp', exportId: id, target: stored });
  }

  async function expectDelivered(manifest: string, folder = FOLDER): Promise<void> {
    for (const [name, text] of [...Object.entries(FILES), ['manifest.json', manifest] as const]) {
      expect((await server.read(`${folder}/${name}`)).toString()).toBe(text);
    }
  }

  it('has them in one folder', async () => {
    const done = await fixture.putParts(FILES);

    const receipt = await channel.deliver(await messageOf(done), signal);

    expect(receipt).toMatchObject({ path: expect.stringMatching(`/${FOLDER}/$`), bytes: done.size });
    await expectDelivered(done.manifest);
    expect(await server.names()).toEqual([FOLDER]);
  });

  it.each([1, 3, 4])('is complete after the next attempt, when the first one ends at file %d', async (file) => {
    const done = await fixture.putParts(FILES);
    const message = await messageOf(done);
    await expect(channel.deliver(message, signal, new BrokenProgress(file))).rejects.toThrow();
    await expect(server.read(`${FOLDER}/manifest.json`)).rejects.toThrow();

    await channel.deliver({ ...message, attempt: 2 }, signal);

    await expectDelivered(done.manifest);
    expect(await server.names()).toEqual([FOLDER]);
  });

  it('keeps the files of another export of the day', async () => {
    const [first, second] = [await fixture.putParts(FILES), await fixture.putParts(FILES)];
    await channel.deliver(await messageOf(first), signal);

    await channel.deliver(await messageOf(second), signal);

    await expectDelivered(first.manifest);
    await expectDelivered(second.manifest, `${FOLDER}-2`);
  });
});
