import { rm, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import { download, oneTimeExport } from '../support/one-time';
import { until } from '../support/until';

const ACK_TIMEOUT_SECONDS = 3;
/** Longer than the acknowledgement timeout. */
const PAUSE_MS = 5_000;

describe('GET /export/:id of a one-time file, by unusual clients', () => {
  let installation: Installation;
  let ada: Client;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk' });
    await installation.startApplication();
    ada = await installation.asUser('ada');
  });

  afterAll(() => installation.remove());

  /** Starts a download that has been sent the last byte, and that reads on when it is resumed. */
  async function startDownload(
    id: string,
    url: string,
  ): Promise<{ result: ReturnType<typeof download>; resume: () => void }> {
    let resume!: () => void;
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    const result = download(url, { pauseAt: 1_000, resumed });
    await until('the last byte is on its way', async () => {
      return (await installation.sql('SELECT FROM exports WHERE id = $1 AND download_ending', id)).length === 1;
    });
    return { result, resume };
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

  it('is completed by a client that pauses while bytes are in the buffers of the network', async () => {
    const service = await installation.start({ DOWNLOAD_ACK_TIMEOUT_SECONDS: String(ACK_TIMEOUT_SECONDS) });
    const { id, file_url: url, sha256 } = await oneTimeExport(installation, ada, 1_000_000);
    const first = await startDownload(id, url.replace(/^http:\/\/[^/]+/, service.url));

    await pause(PAUSE_MS);
    first.resume();

    expect(await first.result).toMatchObject({ isComplete: true, sha256 });
    await service.kill('SIGTERM');
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1, downloaded_by: 'link' });
  });

  it('counts as downloaded when the owner deletes it while the last byte is on its way', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 20_000);
    const first = await startDownload(id, url);

    await ada.delete(`/api/v1/exports/${id}/`);
    const deleted = await ada.status(id);
    const isEnding = (await installation.sql('SELECT FROM exports WHERE id = $1 AND download_ending', id)).length === 1;
    first.resume();
    const { isComplete } = await first.result;

    // The status did not wait for the last byte.
    expect({ isComplete, isEnding, status: deleted.status }).toEqual({
      isComplete: true,
      isEnding: true,
      status: 'expired',
    });
    await until('the download counts', async () => (await ada.status(id)).download_count === 1);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', downloaded_by: 'link' });
    expect(await audited(id)).toEqual(['export.downloaded']);
  });

  it('refuses a pipelined request, and is served at once on another connection', async () => {
    const { file_url: url, sha256 } = await oneTimeExport(installation, ada, 20_000);
    const slow = await oneTimeExport(installation, ada, 20_000);
    const first = await startDownload(slow.id, slow.file_url);
    const { hostname, port } = new URL(url);
    const requested = [slow.file_url, url].map(
      (link) => `GET ${link.slice(link.indexOf('/api'))} HTTP/1.1\r\nhost: ${hostname}\r\n`,
    );

    const socket = connect(Number(port), hostname);
    socket.write(`${requested.join('\r\n')}connection: close\r\n\r\n`);
    const statuses = (await text(socket)).match(/(?<=HTTP\/1\.1 )\d+/g);
    const next = await download(url);
    first.resume();

    expect(statuses).toEqual(['409', '409']);
    expect(next).toMatchObject({ status: 200, sha256 });
    expect(await first.result).toMatchObject({ isComplete: true });
  });

  it('returns 410 when storage has lost it', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 20_000);
    await rm(await storedFile(id));

    const [first, second] = [await download(url), await download(url)];

    expect([first.status, second.status]).toEqual([410, 410]);
    expect(await ada.status(id)).toMatchObject({ download_count: 0 });
  });

  it.each([1_000, 30_000])('is never sent completely when the stored file has %i bytes instead', async (bytes) => {
    const { id, file_url: url, file_size: size } = await oneTimeExport(installation, ada, 20_000);
    const file = await storedFile(id);
    await truncate(file, bytes);

    const response = await download(url);

    expect(response.size).toBeLessThan(size!);
    expect(await ada.status(id)).toMatchObject({ status: 'completed', download_count: 0 });
  });

  it('is served once when it is empty', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 100);
    await writeFile(await storedFile(id), '');
    await installation.sql('UPDATE exports SET file_size = 0 WHERE id = $1', id);

    const both = await Promise.all([download(url), download(url)]);

    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('causes few transactions while many clients wait for the last byte of another', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 20_000);
    const first = await startDownload(id, url);
    const before = await transactions();

    const responses = await Promise.all(Array.from({ length: 20 }, () => download(url)));
    // PostgreSQL publishes the statistics of a session once it is idle.
    await pause(2_000);
    const taken = (await transactions()) - before;
    first.resume();

    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([409]));
    expect(taken).toBeLessThan(20 * 50);
    expect(taken).toBeGreaterThan(20);
    expect(await first.result).toMatchObject({ isComplete: true });
  });
});
