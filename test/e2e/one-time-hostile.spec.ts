import { rm, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import { scaled } from '../support/machine';
import { download, oneTimeExport } from '../support/one-time';
import { until } from '../support/until';

/** Longer than a client has to close its connection that has little left to read. */
const ACK_TIMEOUT_SECONDS = 3;
const LONG_MS = 5_000;

describe('A file that is given out once, to readers that are out of the ordinary', () => {
  let installation: Installation;
  let ada: Client;

  beforeAll(async () => {
    // Transactions are counted here: those of frequent polling would be among them.
    installation = await Installation.create({ STORAGE: 'disk', POLL_INTERVAL_MS: '2000' });
    await installation.startApplication();
    ada = await installation.asUser('ada');
  });

  afterAll(() => installation.remove());

  /** Somebody who has been sent the last byte, and reads on when they are told to. */
  async function readerAtTheEnd(
    id: string,
    url: string,
  ): Promise<{ result: ReturnType<typeof download>; goOn: () => void }> {
    let goOn!: () => void;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const result = download(url, { holdAt: 1_000, held });
    await until('the last byte is on its way', async () => {
      return (await installation.sql('SELECT FROM exports WHERE id = $1 AND download_ending', id)).length === 1;
    });
    return { result, goOn };
  }

  const storedFile = async (id: string) =>
    join(
      installation.storageFolder,
      (await installation.storedFiles()).find((file) => file.includes(id))!,
    );

  const audited = async (id: string) => {
    const rows = await installation.sql<{ action: string }>(
      `SELECT action FROM export_audit_log WHERE export_id = $1 AND action LIKE 'export.download%'`,
      id,
    );
    return rows.map(({ action }) => action);
  };

  const transactions = async () => {
    const [row] = await installation.sql<{ count: string }>(
      'SELECT xact_commit AS count FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number(row!.count);
  };

  it('is had by one that takes its time over what lies in the buffers of the network', async () => {
    const service = await installation.start({ DOWNLOAD_ACK_TIMEOUT_SECONDS: String(ACK_TIMEOUT_SECONDS) });
    const { id, file_url: url, sha256 } = await oneTimeExport(installation, ada, 1_000_000);
    const reader = await readerAtTheEnd(id, url.replace(/^http:\/\/[^/]+/, service.url));

    await pause(LONG_MS);
    reader.goOn();

    expect(await reader.result).toMatchObject({ isComplete: true, sha256 });
    await service.kill('SIGTERM');
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1, downloaded_by: 'link' });
  });

  it('counts for one that has it when it was deleted in that moment, and keeps nobody waiting', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 20_000);
    const reader = await readerAtTheEnd(id, url);

    await ada.delete(`/api/v1/exports/${id}/`);
    const begun = Date.now();
    const deleted = await ada.status(id);
    const milliseconds = Date.now() - begun;
    reader.goOn();
    const { isComplete } = await reader.result;

    expect({ isComplete, status: deleted.status }).toEqual({ isComplete: true, status: 'expired' });
    expect(milliseconds).toBeLessThan(scaled(5_000));
    await until('it counts', async () => (await ada.status(id)).download_count === 1);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', downloaded_by: 'link' });
    expect(await audited(id)).toEqual(['export.downloaded']);
  });

  it('can be had at once after it was asked for behind another request on the same connection', async () => {
    const { file_url: url, sha256 } = await oneTimeExport(installation, ada, 20_000);
    const slow = await oneTimeExport(installation, ada, 20_000);
    const reader = await readerAtTheEnd(slow.id, slow.file_url);
    const { hostname, port } = new URL(url);
    const asked = [slow.file_url, url].map(
      (link) => `GET ${link.slice(link.indexOf('/api'))} HTTP/1.1\r\nhost: ${hostname}\r\n`,
    );

    const socket = connect(Number(port), hostname);
    socket.write(`${asked.join('\r\n')}connection: close\r\n\r\n`);
    const statuses = (await text(socket)).match(/(?<=HTTP\/1\.1 )\d+/g);
    const next = await download(url);
    reader.goOn();

    expect(statuses).toEqual(['409', '409']);
    expect(next).toMatchObject({ status: 200, sha256 });
    expect(await reader.result).toMatchObject({ isComplete: true });
  });

  it('is said to be gone when storage has lost it', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 20_000);
    await rm(await storedFile(id));

    const [first, second] = [await download(url), await download(url)];

    expect([first.status, second.status]).toEqual([410, 410]);
    expect(await ada.status(id)).toMatchObject({ download_count: 0 });
  });

  it.each([1_000, 30_000])('is never sent to the end when storage has another: one of %i bytes', async (bytes) => {
    const { id, file_url: url, file_size: size } = await oneTimeExport(installation, ada, 20_000);
    const file = await storedFile(id);
    await truncate(file, bytes);

    const answer = await download(url);

    expect(answer.size).toBeLessThan(size!);
    expect(await ada.status(id)).toMatchObject({ status: 'completed', download_count: 0 });
  });

  it('is not had by whoever leaves on seeing that it is empty', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 100);
    await writeFile(await storedFile(id), '');
    await installation.sql('UPDATE exports SET file_size = 0 WHERE id = $1', id);

    const both = await Promise.all([download(url), download(url)]);

    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('costs the database little while many wait for a reader at the end to be done', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 20_000);
    const reader = await readerAtTheEnd(id, url);
    const before = await transactions();

    const answers = await Promise.all(Array.from({ length: 20 }, () => download(url)));
    // Sessions tell of what they did once they have been idle for a while.
    await pause(2_000);
    const taken = (await transactions()) - before;
    reader.goOn();

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([409]));
    expect(taken).toBeLessThan(20 * 50);
    expect(taken).toBeGreaterThan(20);
    expect(await reader.result).toMatchObject({ isComplete: true });
  });
});
