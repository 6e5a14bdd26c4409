import { ExportFiles } from '../../src/delivery/infrastructure/export-file';
import { ObjectClaims } from '../../src/delivery/infrastructure/object-claims';
import { OutboundAddresses, type Resolve } from '../../src/delivery/infrastructure/outbound/outbound-addresses';
import { SecretCipher } from '../../src/delivery/infrastructure/secret-cipher';
import { SftpConnections } from '../../src/delivery/channels/sftp/sftp-connection';
import { SftpPlanner } from '../../src/delivery/channels/sftp/sftp-planner';
import { SftpChannel } from '../../src/delivery/channels/sftp/sftp.channel';
import type { SftpInput } from '../../src/delivery/channels/sftp/sftp.descriptor';
import type { ClaimedMessage } from '../../src/delivery/model/domain/claimed-message';
import { TestSteps } from '../../src/delivery/model/domain/destination-test';
import type { TestSubject } from '../../src/delivery/model/domain/interfaces/delivery-channel';
import { TransferProgress } from '../../src/delivery/model/domain/transfer-progress';
import { DomainError } from '../../src/platform/errors/domain-error';
import { digest, KB, MB } from '../support/bytes';
import { createClaimedMessage } from '../support/claimed-messages';
import { ExportFixture, type StoredExport } from '../support/export-fixture';
import { describeOnSftp, SftpServer } from '../support/sftp-server';

const signal = new AbortController().signal;

/** Runs a step once, in the middle of an upload. */
class InterruptedProgress extends TransferProgress {
  private sent = 0;

  constructor(private readonly step: () => void) {
    super();
  }

  override add(bytes: number): void {
    super.add(bytes);
    const before = this.sent;
    this.sent += bytes;
    if (before < MB && this.sent >= MB) this.step();
  }
}

describeOnSftp('An SFTP destination', () => {
  let server: SftpServer;
  let fixture: ExportFixture;
  let channel: SftpChannel;

  beforeAll(async () => {
    server = await SftpServer.start();
    fixture = await ExportFixture.create();
    channel = createChannel(new OutboundAddresses([server.host]));
  });
  beforeEach(async () => {
    await server.clear();
    await fixture.prisma.deliveredObject.deleteMany();
  });
  afterAll(async () => {
    await server.remove();
    await fixture.remove();
  });

  function createChannel(addresses: OutboundAddresses, cipher = new SecretCipher(fixture.config.encryption)) {
    const connections = new SftpConnections(addresses);
    const planner = new SftpPlanner(connections, cipher);
    return new SftpChannel(
      planner,
      connections,
      new ObjectClaims(fixture.prisma),
      new ExportFiles(fixture.exports, fixture.production),
    );
  }

  function plan(traits: Partial<SftpInput> = {}, by = channel, isOperator = false) {
    const { uri, username, privateKey } = server;
    const context = { field: 'destination', principal: { userId: 'ann', tenantId: null }, isOperator };
    return by.plan({ uri, username, privateKey, ...traits }, context);
  }

  async function refusalOf(traits: Partial<SftpInput>, by = channel, isOperator = false): Promise<string> {
    const refusal: unknown = await plan(traits, by, isOperator).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({ kind: 'invalid', details: { fields: [{ field: 'destination' }] } });
    return (refusal as DomainError).details.fields![0]!.message;
  }

  /** A run's message, with the target as it comes back from the database. */
  async function messageOf({ id }: StoredExport, traits: Partial<SftpInput> = {}): Promise<ClaimedMessage> {
    const { target } = await plan(traits);
    const stored = JSON.parse(JSON.stringify({ ...target, name: 'nightly', date: '2026-03-29' })) as typeof target;
    return createClaimedMessage({ channel: 'sftp', exportId: id, target: stored });
  }

  const sha256Of = async (name: string) => (await digest([await server.read(name)] as never)).sha256;

  describe('when it is planned', () => {
    it('is probed, learns the host key, and is left as it was, with encrypted credentials', async () => {
      const { target } = await plan({ uri: server.uri.replace(/\/$/, '') });

      expect(target).toEqual({
        uri: server.uri,
        username: server.username,
        hostKey: server.hostKey(),
        credentials: expect.stringMatching(/^v1\./),
      });
      expect(await server.names()).toEqual([]);
      await expect(channel.probe(target, 'destination')).resolves.toBeUndefined();
    });

    it('accepts any host key of the server that is given', async () => {
      const { target } = await plan({ hostKey: server.hostKey('rsa') });

      expect(target).toMatchObject({ hostKey: server.hostKey('rsa') });
    });

    it.each<[string, () => Partial<SftpInput>, RegExp]>([
      ['an address of another protocol', () => ({ uri: 'ftp://files.example.com/in/' }), /must be like sftp:\/\//],
      ['a user in the address', () => ({ uri: 'sftp://ann@files.example.com/in/' }), /must be like sftp:\/\//],
      ['a way out of the folder', () => ({ uri: `${server.uri}../` }), /must be like sftp:\/\//],
      ['no username', () => ({ username: undefined }), /username is missing/],
      ['no credentials', () => ({ privateKey: undefined }), /password or the private_key is missing/],
      ['a host key that is no fingerprint', () => ({ hostKey: 'aa:bb:cc' }), /must be a fingerprint/],
      ['a private key that is none', () => ({ privateKey: 'secret' }), /OpenSSH or PEM format/],
      ['a private host', () => ({ uri: 'sftp://10.0.0.1/in/' }), /has no public address/],
      ['this machine', () => ({ uri: 'sftp://127.0.0.1/in/' }), /has no public address/],
      ['this machine in other words', () => ({ uri: 'sftp://0x7f.1:2222/in/' }), /has no public address/],
      ['this machine as IPv6', () => ({ uri: 'sftp://[::ffff:127.0.0.1]/in/' }), /has no public address/],
      ['a local name', () => ({ uri: 'sftp://files.internal/in/' }), /has no public address/],
      ['a folder that does not exist', () => ({ uri: `${server.uri}missing/` }), /There is no folder sftp:\/\//],
      ['a wrong password', () => ({ privateKey: undefined, password: 'wrong' }), /refused the username, password or/],
      ['another user', () => ({ username: 'nobody-of-that-name' }), /refused the username, password or/],
      ['another host key', () => ({ hostKey: `SHA256:${'A'.repeat(43)}` }), /The host key of 127\.0\.0\.1 is SHA256:/],
    ])('refuses %s', async (_, traits, message) => {
      expect(await refusalOf(traits())).toMatch(message);
    });

    it('refuses a folder that the user may not write to', async () => {
      await server.restart('ForceCommand internal-sftp -R');
      try {
        expect(await refusalOf({})).toBe(`The user may not write to ${server.uri}`);
      } finally {
        await server.restart();
      }
    });

    it('shows only operators why a server cannot be reached', async () => {
      const closed = createChannel(new OutboundAddresses(['127.0.0.1:1']));
      const uri = 'sftp://127.0.0.1:1/in/';

      expect(await refusalOf({ uri }, closed)).toBe('No SFTP server could be reached at 127.0.0.1');
      expect(await refusalOf({ uri }, closed, true)).toContain('ECONNREFUSED');
    });

    it('connects only to the checked address when DNS changes in between', async () => {
      let lookups = 0;
      const rebind: Resolve = () =>
        Promise.resolve([{ address: lookups++ === 0 ? '93.184.215.14' : '127.0.0.1', family: 4 }]);
      const uri = server.uri.replace('127.0.0.1', 'rebound.example.com');

      expect(await refusalOf({ uri }, createChannel(new OutboundAddresses([], rebind)))).toContain('no public address');
      expect(lookups).toBe(2);
    });

    it('is refused when no key encrypts the credentials', async () => {
      const keyless = createChannel(new OutboundAddresses([server.host]), new SecretCipher({ previousKeys: [] }));

      expect(await refusalOf({}, keyless)).toContain('ENCRYPTION_KEY');
    });
  });

  describe('in a test', () => {
    const begin = ['resolve ok', 'connect ok'];
    const left = (...names: string[]) => names.map((name) => `${name} earlier-step-failed`);

    async function test(subject: TestSubject, by = channel, abort = signal): Promise<string[]> {
      const principal = { userId: 'ann', tenantId: null };
      const prepared = await by.prepareTest(subject, { field: 'destination', principal, isOperator: false });
      const steps = new TestSteps(prepared.steps, (error) => prepared.explain(error), abort);
      await prepared.run(steps, abort).catch(() => undefined);
      return steps.all.map(({ name, outcome, code }) => `${name} ${code ?? outcome}`);
    }
    const login = (traits: Partial<SftpInput> = {}): TestSubject => {
      const { uri, username, privateKey } = server;
      return { input: { uri, username, privateKey, ...traits } };
    };

    it('passes all steps, as requested and as stored, and leaves nothing', async () => {
      await server.write('theirs', 'content');
      const passed = [...begin, 'authenticate ok', 'write ok', 'read ok', 'delete ok'];

      expect(await test(login())).toEqual(passed);
      expect(await test({ stored: (await plan()).target })).toEqual(passed);
      expect(await server.names()).toEqual(['theirs']);
    });

    it('names the step that fails, and why', async () => {
      const rest = left('write', 'read', 'delete');
      const closed = createChannel(new OutboundAddresses(['127.0.0.1:1']));

      expect(await test(login({ privateKey: undefined, password: 'wrong' }))).toEqual([
        ...begin,
        'authenticate credentials-refused',
        ...rest,
      ]);
      const hostKey = `SHA256:${'A'.repeat(43)}`;
      expect(await test(login({ hostKey }))).toEqual([...begin, 'authenticate host-key-changed', ...rest]);
      expect((await test(login({ uri: `${server.uri}missing/` }))).slice(2)).toEqual([
        'authenticate ok',
        'write destination-missing',
        ...left('read', 'delete'),
      ]);
      expect((await test(login({ uri: 'sftp://127.0.0.1:1/' }), closed))[1]).toBe('connect connection-failed');
      expect((await test(login({ uri: 'sftp://10.0.0.1/' })))[0]).toBe('resolve address-refused');
      const { target } = await plan();
      expect((await test({ stored: { ...target, credentials: 'v1.x.y' } }))[2]).toBe(
        'authenticate credentials-refused',
      );
    });

    it('names a missing right to write', async () => {
      await server.restart('ForceCommand internal-sftp -R');
      try {
        expect((await test(login())).slice(2)).toEqual([
          'authenticate ok',
          'write not-permitted',
          ...left('read', 'delete'),
        ]);
      } finally {
        await server.restart();
      }
    });

    it('ends when it is aborted', async () => {
      const stopped = new AbortController();
      stopped.abort(new Error('Nobody waits'));

      expect(await test(login(), channel, stopped.signal)).toEqual([
        'resolve timed-out',
        ...left('connect', 'authenticate', 'write', 'read', 'delete'),
      ]);
    });
  });

  describe('at a delivery', () => {
    const NAME = 'nightly_2026-03-29.csv';
    const SECOND = 'nightly_2026-03-29-2.csv';

    it.each([10 * KB, 0, 5 * MB])('gets the whole file of %d bytes under one name', async (size) => {
      const done = await fixture.put({ size });
      const progress = new TransferProgress();

      const receipt = await channel.deliver(await messageOf(done), signal, progress);

      expect(receipt).toEqual({ host: '127.0.0.1', path: expect.stringMatching(`/inbox/${NAME}$`), bytes: size });
      expect(await server.names()).toEqual([NAME]);
      expect(await sha256Of(NAME)).toBe(done.sha256);
    });

    it('keeps the files of other runs and of other people', async () => {
      await server.write(NAME, 'theirs');
      const done = await fixture.put({ size: 20 });

      await channel.deliver(await messageOf(done), signal);
      await channel.deliver(await messageOf(await fixture.put({ size: 30 })), signal);

      expect(await server.names()).toEqual([SECOND, 'nightly_2026-03-29-3.csv', NAME]);
      expect((await server.read(NAME)).toString()).toBe('theirs');
      expect(await sha256Of(SECOND)).toBe(done.sha256);
    });

    it('gives each of many runs at once a file of its own', async () => {
      const runs = await Promise.all([...Array(6).keys()].map((n) => fixture.put({ size: 100 + n })));
      const messages = await Promise.all(runs.map((done) => messageOf(done)));

      const receipts = await Promise.all(messages.map((message) => channel.deliver(message, signal)));

      expect(await server.names()).toHaveLength(6);
      for (const [n, { path }] of receipts.entries()) {
        expect(await sha256Of(String(path).split('/').at(-1)!)).toBe(runs[n]!.sha256);
      }
    });

    it('gets one file however often it is delivered, also by attempts that overlap', async () => {
      const message = await messageOf(await fixture.put({ size: 2 * MB }));

      const receipts = await Promise.all([channel.deliver(message, signal), channel.deliver(message, signal)]);
      receipts.push(await channel.deliver({ ...message, attempt: 3 }, signal));

      expect(new Set(receipts.map(({ path }) => path)).size).toBe(1);
      expect(await server.names()).toEqual([NAME]);
    });

    it('gets one file when a connection breaks during the upload', async () => {
      const done = await fixture.put({ size: 8 * MB });
      const message = await messageOf(done);
      let stopping: Promise<void> | undefined;
      const cut = new InterruptedProgress(() => {
        stopping = server.stop();
      });

      await expect(channel.deliver(message, signal, cut)).rejects.toThrow('No SFTP server could be reached');
      await stopping;
      await server.run();
      expect(await server.names()).toEqual([expect.stringMatching(/\.part$/)]);
      await channel.deliver({ ...message, attempt: 2 }, signal);

      expect(await server.names()).toEqual([NAME]);
      expect(await sha256Of(NAME)).toBe(done.sha256);
    });

    it('gets nothing when the attempt is aborted', async () => {
      const message = await messageOf(await fixture.put({ size: 8 * MB }));
      const over = new AbortController();
      const progress = new InterruptedProgress(() => {
        over.abort(new Error('the lease is over'));
      });

      await expect(channel.deliver(message, over.signal, progress)).rejects.toThrow('the lease is over');

      expect(await server.names()).toEqual([]);
    });

    it('gets nothing of a file that differs from its record', async () => {
      const done = await fixture.put({ size: 3 * MB });
      const message = await messageOf(done);
      await fixture.prisma.export.update({ where: { id: done.id }, data: { sha256: '0'.repeat(64) } });

      await expect(channel.deliver(message, signal)).rejects.toThrow('is not the one that was recorded');

      expect(await server.names()).toEqual([]);
    });

    it('gets nothing of an export that is gone', async () => {
      const message = await messageOf(await fixture.put({ status: 'expired' }));

      await expect(channel.deliver(message, signal)).rejects.toMatchObject({ name: 'DeliveryRefusedError' });
    });

    it('is not called when its host is not allowed any more', async () => {
      const message = await messageOf(await fixture.put());
      const strict = createChannel(new OutboundAddresses([]));

      await expect(strict.deliver(message, signal)).rejects.toThrow('has no public address');
    });

    it('gets nothing when its host key has changed, and says so', async () => {
      const message = await messageOf(await fixture.put());
      const [accepted] = [server.hostKey()];
      await server.replaceHostKeys();

      const reason = `The host key of 127.0.0.1 is ${server.hostKey()}, and not ${accepted}`;
      await expect(channel.deliver(message, signal)).rejects.toThrow(reason);
      await expect(channel.probe(message.target, 'destination')).rejects.toMatchObject({
        details: { fields: [{ message: expect.stringContaining(reason) }] },
      });
      expect(await server.names()).toEqual([]);
    });

    it('cannot be redirected to another server with its credentials', async () => {
      const message = await messageOf(await fixture.put());
      const elsewhere = { ...message, target: { ...message.target, uri: `${server.uri}elsewhere/` } };

      await expect(channel.deliver(elsewhere, signal)).rejects.toThrow('encrypted for another purpose');
    });
  });
});
