import { type Client, sha256 as digest } from '../../support/client';
import { Installation } from '../../support/installation';
import { download, oneTimeExport } from '../../support/one-time';
import { PostgresServer } from '../../support/postgres-server';
import type { Service } from '../../support/service';
import { type WaitOptions, until } from '../../support/until';

/** More than fits into the buffers of a connection, so that a client that pauses blocks the server. */
const LARGE = 24_000_000;
const SMALL = 20_000;
/** More than `fetch` reads before its body is used; the rest fits into the receive buffer. */
const PAUSED = 150_000;

const SHORT_WAITS = { DOWNLOAD_LEASE_SECONDS: '3', DOWNLOAD_ACK_TIMEOUT_SECONDS: '3' };

/** The lease of a dead process ends after three seconds, later on a busy machine. */
const LEASE_END = { within: 30_000, every: 100 };

/** At most so many processes are killed, until so many of them died in the moment of the last byte. */
const VICTIMS = 8;
const HITS = 3;

describe('A one-time download, when its process fails', () => {
  let installation: Installation;
  let server: Service;
  let other: Service;
  let ada: Client;

  // The other process also makes the files.
  beforeAll(async () => {
    installation = await Installation.create({ ...SHORT_WAITS, EXPORT_THREADS: '0' });
    [server, other] = await Promise.all([startServer(), installation.start()]);
    ada = await installation.asUser('ada', { at: other });
  });

  beforeEach(async () => {
    if (!server.isRunning) server = await startServer();
  });

  afterAll(() => installation.remove());

  const startServer = () => installation.start({ ROLE: 'api' });

  const at = (service: Service, url: string) => url.replace(/^http:\/\/[^/]+/, service.url);

  /** Starts a download from the process under test that reads a part, and more when it is resumed. */
  function startDownload(url: string): { result: ReturnType<typeof download>; resume: () => void } {
    let resume!: () => void;
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    return { result: download(at(server, url), { pauseAt: 1_000, resumed }), resume };
  }

  const isBeingSent = (id: string, what: string, options?: WaitOptions) =>
    until(
      'the file is being sent',
      async () => (await installation.sql(`SELECT FROM exports WHERE id = $1 AND ${what}`, id)).length === 1,
      options,
    );

  it('leaves the file to one more download when the process is killed midway', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, LARGE);
    const first = startDownload(url);
    await isBeingSent(id, 'download_token IS NOT NULL');
    const meanwhile = await download(at(other, url));

    await server.kill('SIGKILL');
    first.resume();
    const next = await until(
      'the file is available again',
      async () => {
        const response = await download(at(other, url));
        return response.status !== 409 && response;
      },
      LEASE_END,
    );

    expect(meanwhile.status).toBe(409);
    expect(await first.result).toMatchObject({ isComplete: false });
    expect(next).toMatchObject({ status: 200, isComplete: true, sha256 });
    expect((await download(at(other, url))).status).toBe(410);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('counts when the process is killed with the last byte on its way', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, SMALL);
    const first = startDownload(url);
    await isBeingSent(id, 'download_ending');

    await server.kill('SIGKILL');
    first.resume();
    const meanwhile = await download(at(other, url));
    // The lease ends.
    await installation.sql('UPDATE exports SET download_lease = now() WHERE id = $1', id);
    const done = await ada.reaches(id, 'expired');

    expect(await first.result).toMatchObject({ isComplete: true, sha256 });
    expect(meanwhile.status).toBe(409);
    expect(done).toMatchObject({ download_count: 1, downloaded_by: 'link' });
    expect((await download(at(other, url))).status).toBe(410);
    await until('the file is deleted', async () => {
      return !(await installation.storedFiles()).some((file) => file.includes(id));
    });
  });

  it('gives the file to exactly one client when the process is killed in the moment of the last byte', async () => {
    const complete: number[] = [];
    let struck = 0;
    for (let round = 0; round < VICTIMS && struck < HITS; round += 1) {
      const victim = await startServer();
      const { id, file_url: url } = await oneTimeExport(installation, ada, SMALL);
      const first = download(at(victim, url));
      // On a busy machine the download may complete before the moment is seen.
      await isBeingSent(id, `(download_ending OR status = 'expired')`, { every: 0 });

      await victim.kill('SIGKILL');
      const held = await installation.sql(
        'UPDATE exports SET download_lease = now() WHERE id = $1 AND download_token IS NOT NULL RETURNING id',
        id,
      );
      struck += held.length;
      const second = await until('the first download has ended', async () => {
        const response = await download(at(other, url));
        return response.status !== 409 && response;
      });
      complete.push([await first, second].filter(({ isComplete }) => isComplete).length);
    }

    expect(complete).toEqual(Array.from(complete, () => 1));
    expect(struck).toBeGreaterThan(0);
  });

  it('is never completed by a process that was suspended while another served the file', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, LARGE);
    const first = startDownload(url);
    await isBeingSent(id, 'download_token IS NOT NULL');

    server.pause();
    const next = await until(
      'another process can serve it',
      async () => {
        const response = await download(at(other, url));
        return response.status !== 409 && response;
      },
      LEASE_END,
    );
    server.resume();
    first.resume();

    expect(next).toMatchObject({ status: 200, isComplete: true, sha256 });
    expect(await first.result).toMatchObject({ isComplete: false });
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('counts when the client has read everything and keeps the connection open', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, SMALL);

    const first = await download(at(server, url), { keepsConnection: true });
    const second = await until(
      'the first download has ended',
      async () => {
        const response = await download(at(other, url));
        return response.status !== 409 && response;
      },
      LEASE_END,
    );

    expect(first).toMatchObject({ isComplete: true, sha256 });
    expect(second.status).toBe(410);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  // As a program does whose output is not read, such as curl before a pager.
  it('counts when the client has received everything and pauses before it reads the rest', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, PAUSED);

    const first = await fetch(at(server, url));
    const second = await until(
      'the first download has ended',
      async () => {
        const response = await download(at(other, url));
        return response.status !== 409 && response;
      },
      LEASE_END,
    );
    const received = Buffer.from(await first.arrayBuffer());

    expect(digest(received)).toBe(sha256);
    expect(second.status).toBe(410);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('completes when the process shuts down meanwhile', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, LARGE);
    const first = startDownload(url);
    await isBeingSent(id, 'download_token IS NOT NULL');

    const ended = server.kill('SIGTERM');
    first.resume();

    expect(await first.result).toMatchObject({ isComplete: true, sha256 });
    await ended;
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });
});

describe('A one-time download, when PostgreSQL fails', () => {
  let postgres: PostgresServer;
  let installation: Installation;
  let service: Service;
  let ada: Client;

  beforeAll(async () => {
    postgres = await PostgresServer.migrated();
    installation = await Installation.on(postgres.url, { STORAGE: 'disk', ...SHORT_WAITS, EXPORT_THREADS: '0' });
    service = await installation.start();
    ada = await installation.asUser('ada');
  });

  afterAll(async () => {
    await installation.remove();
    await postgres.remove();
  });

  it.each([
    ['aborts before the last byte, and leaves the file to another download', LARGE, 'download_token IS NOT NULL'],
    ['counts after the last byte was sent', SMALL, 'download_ending'],
  ])('%s', async (_, bytes, moment) => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, bytes);
    let resume!: () => void;
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    const firstDownload = download(url, { pauseAt: 1_000, resumed });
    await until('the file is being sent', async () => {
      return (await installation.sql(`SELECT FROM exports WHERE id = $1 AND ${moment}`, id)).length === 1;
    });

    await postgres.stop();
    resume();
    const first = await firstDownload;
    await postgres.start();
    await service.ready();
    await installation.reconnect();
    const second = await until(
      'the first download has ended',
      async () => {
        const response = await download(url);
        return response.status !== 409 && response.status !== 503 && response;
      },
      LEASE_END,
    );

    expect([first, second].filter(({ isComplete }) => isComplete).map((one) => one.sha256)).toEqual([sha256]);
    expect(first.isComplete).toBe(bytes === SMALL);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });
});
