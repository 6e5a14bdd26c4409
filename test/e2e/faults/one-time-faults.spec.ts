import type { Client } from '../../support/client';
import { Installation } from '../../support/installation';
import { download, oneTimeExport } from '../../support/one-time';
import { PostgresServer } from '../../support/postgres-server';
import type { Service } from '../../support/service';
import { type Patience, until } from '../../support/until';

/** More than lies in the buffers of a connection: a reader that stops holds the sender up. */
const LARGE = 24_000_000;
const SMALL = 20_000;

const SHORT_WAITS = { DOWNLOAD_LEASE_SECONDS: '3', DOWNLOAD_ACK_TIMEOUT_SECONDS: '3' };

/** The lease of a process that is gone ends after three seconds; a busy machine takes longer. */
const FREE_AGAIN = { within: 30_000, every: 100 };

/** So many processes are killed at most, until so many of them were hit in the very moment. */
const VICTIMS = 8;
const HITS = 3;

describe('A file that is given out once, and the process that gives it', () => {
  let installation: Installation;
  let giver: Service;
  let other: Service;
  let ada: Client;

  beforeAll(async () => {
    installation = await Installation.create(SHORT_WAITS);
    [giver, other] = await Promise.all([installation.start(), installation.start()]);
    ada = await installation.asUser('ada', { at: other });
  });

  beforeEach(async () => {
    if (!giver.isRunning) giver = await installation.start();
  });

  afterAll(() => installation.remove());

  const at = (service: Service, url: string) => url.replace(/^http:\/\/[^/]+/, service.url);

  /** Somebody who takes a part of the file from the process under test, and waits. */
  function startReading(url: string): { result: ReturnType<typeof download>; goOn: () => void } {
    let goOn!: () => void;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    return { result: download(at(giver, url), { holdAt: 1_000, held }), goOn };
  }

  const isBeingRead = (id: string, what: string, patience?: Patience) =>
    until(
      'the file is being given out',
      async () => (await installation.sql(`SELECT FROM exports WHERE id = $1 AND ${what}`, id)).length === 1,
      patience,
    );

  it('killed midway: the file can be had again, once', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, LARGE);
    const reading = startReading(url);
    await isBeingRead(id, 'download_token IS NOT NULL');
    const meanwhile = await download(at(other, url));

    await giver.kill('SIGKILL');
    reading.goOn();
    const next = await until(
      'it can be had again',
      async () => {
        const answer = await download(at(other, url));
        return answer.status !== 409 && answer;
      },
      FREE_AGAIN,
    );

    expect(meanwhile.status).toBe(409);
    expect(await reading.result).toMatchObject({ isComplete: false });
    expect(next).toMatchObject({ status: 200, isComplete: true, sha256 });
    expect((await download(at(other, url))).status).toBe(410);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('killed with the last byte on its way: the reader has the file, and nobody else gets it', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, SMALL);
    const reading = startReading(url);
    await isBeingRead(id, 'download_ending');

    await giver.kill('SIGKILL');
    reading.goOn();
    const meanwhile = await download(at(other, url));
    // A minute passes.
    await installation.sql('UPDATE exports SET download_lease = now() WHERE id = $1', id);
    const done = await ada.reaches(id, 'expired');

    expect(await reading.result).toMatchObject({ isComplete: true, sha256 });
    expect(meanwhile.status).toBe(409);
    expect(done).toMatchObject({ download_count: 1, downloaded_by: 'link' });
    expect((await download(at(other, url))).status).toBe(410);
    await until('the file is deleted', async () => {
      return !(await installation.storedFiles()).some((file) => file.includes(id));
    });
  });

  it('killed in the very moment of the last byte, again and again: each time one reader has the file', async () => {
    const complete: number[] = [];
    let struck = 0;
    for (let round = 0; round < VICTIMS && struck < HITS; round += 1) {
      const victim = await installation.start();
      const { id, file_url: url } = await oneTimeExport(installation, ada, SMALL);
      const first = download(at(victim, url));
      // On a busy machine the moment may be over before it is seen.
      await isBeingRead(id, `(download_ending OR status = 'expired')`, { every: 0 });

      await victim.kill('SIGKILL');
      const held = await installation.sql(
        'UPDATE exports SET download_lease = now() WHERE id = $1 AND download_token IS NOT NULL RETURNING id',
        id,
      );
      struck += held.length;
      const second = await until('it is decided', async () => {
        const answer = await download(at(other, url));
        return answer.status !== 409 && answer;
      });
      complete.push([await first, second].filter(({ isComplete }) => isComplete).length);
    }

    expect(complete).toEqual(Array.from(complete, () => 1));
    expect(struck).toBeGreaterThan(0);
  });

  it('paused until another has given the file out: its own reader never gets to the end', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, LARGE);
    const reading = startReading(url);
    await isBeingRead(id, 'download_token IS NOT NULL');

    giver.pause();
    const next = await until(
      'another can give it out',
      async () => {
        const answer = await download(at(other, url));
        return answer.status !== 409 && answer;
      },
      FREE_AGAIN,
    );
    giver.resume();
    reading.goOn();

    expect(next).toMatchObject({ status: 200, isComplete: true, sha256 });
    expect(await reading.result).toMatchObject({ isComplete: false });
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('with a reader that has taken everything and keeps the connection: the file is gone', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, SMALL);

    const first = await download(at(giver, url), { isKept: true });
    const second = await until(
      'it is decided',
      async () => {
        const answer = await download(at(other, url));
        return answer.status !== 409 && answer;
      },
      FREE_AGAIN,
    );

    expect(first).toMatchObject({ isComplete: true, sha256 });
    expect(second.status).toBe(410);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('told to end with a reader in hand: the reader gets the file', async () => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, LARGE);
    const reading = startReading(url);
    await isBeingRead(id, 'download_token IS NOT NULL');

    const ended = giver.kill('SIGTERM');
    reading.goOn();

    expect(await reading.result).toMatchObject({ isComplete: true, sha256 });
    await ended;
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });
});

describe('When PostgreSQL is away while a file is given out once', () => {
  let postgres: PostgresServer;
  let installation: Installation;
  let service: Service;
  let ada: Client;

  beforeAll(async () => {
    postgres = await PostgresServer.migrated();
    installation = await Installation.on(postgres.url, { STORAGE: 'disk', ...SHORT_WAITS });
    service = await installation.start();
    ada = await installation.asUser('ada');
  });

  afterAll(async () => {
    await installation.remove();
    await postgres.remove();
  });

  it.each([
    [
      'before the last byte: the reader is broken off, and the file can be had again',
      LARGE,
      'download_token IS NOT NULL',
    ],
    ['after it: the reader has the file, and nobody else gets it', SMALL, 'download_ending'],
  ])('%s', async (_, bytes, moment) => {
    const { id, sha256, file_url: url } = await oneTimeExport(installation, ada, bytes);
    let goOn!: () => void;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const reading = download(url, { holdAt: 1_000, held });
    await until('the file is being given out', async () => {
      return (await installation.sql(`SELECT FROM exports WHERE id = $1 AND ${moment}`, id)).length === 1;
    });

    await postgres.stop();
    goOn();
    const first = await reading;
    await postgres.start();
    await service.ready();
    await installation.reconnect();
    const second = await until(
      'it is decided',
      async () => {
        const answer = await download(url);
        return answer.status !== 409 && answer.status !== 503 && answer;
      },
      FREE_AGAIN,
    );

    expect([first, second].filter(({ isComplete }) => isComplete).map((one) => one.sha256)).toEqual([sha256]);
    expect(first.isComplete).toBe(bytes === SMALL);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });
});
