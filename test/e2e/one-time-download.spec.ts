import { type Client, type RequestHeaders, sha256 as digest } from '../support/client';
import { Installation } from '../support/installation';
import { download, type Download, type DownloadBehavior, oneTimeExport } from '../support/one-time';
import type { Service } from '../support/service';
import { until } from '../support/until';

const PROCESSES = 3;
const CLIENTS = 200;

describe('GET /export/:id of a one-time file', () => {
  let installation: Installation;
  let ada: Client;

  beforeAll(async () => {
    installation = await Installation.create({ EXPORT_THREADS: '0' });
    // The first one also makes the files.
    await installation.start();
    await Promise.all(Array.from({ length: PROCESSES - 1 }, () => installation.start({ ROLE: 'api' })));
    ada = await installation.asUser('ada');
  });

  afterAll(() => installation.remove());

  /** The same link at one of the processes, in turn. */
  const at = (url: string, number: number) => {
    const { url: base }: Service = installation.services[number % PROCESSES]!;
    return url.replace(/^http:\/\/[^/]+/, base);
  };

  it.each([300, 20_000, 5_000_000])(
    'serves %i bytes completely to exactly one of 200 concurrent clients',
    async (bytes) => {
      const { file_url: url, id, sha256 } = await oneTimeExport(installation, ada, bytes);

      const downloads = await Promise.all(Array.from({ length: CLIENTS }, (_, number) => download(at(url, number))));

      const complete = downloads.filter(({ isComplete }) => isComplete);
      expect(complete.map((one) => one.sha256)).toEqual([sha256]);
      expect(downloads.filter(({ status }) => status !== 409 && status !== 410)).toEqual(complete);
      expect(
        downloads.filter(({ status }) => status === 409).every(({ headers }) => /^retry-after: \d+$/im.test(headers)),
      ).toBe(true);
      expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1, downloaded_by: 'link' });
      expect((await download(url)).status).toBe(410);
      expect((await installation.storedFiles()).filter((file) => file.includes(id))).toEqual([]);
    },
  );

  it.each([
    [300, 'close'],
    [20_000, 'close'],
    [20_000, 'reset'],
    [3_000_000, 'close'],
    [3_000_000, 'reset'],
  ] as const)('keeps a file of %i bytes when clients disconnect at any byte, by %s', async (bytes, cutBy) => {
    const { file_url: url, id, sha256, file_size: size } = await oneTimeExport(installation, ada, bytes);
    const cuts = [0, 1, size! - 1, ...Array.from({ length: 12 }, () => Math.floor(Math.random() * size!))];

    const broken = [];
    for (const [number, cutAt] of cuts.entries()) broken.push(await downloadInTurn(at(url, number), { cutAt, cutBy }));
    const last = await downloadInTurn(url, {});

    expect(broken.filter(({ isComplete }) => isComplete)).toEqual([]);
    expect(last).toMatchObject({ status: 200, isComplete: true, sha256 });
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('is completed by exactly one of many clients of which most disconnect at any byte', async () => {
    const { file_url: url, id, sha256, file_size: size } = await oneTimeExport(installation, ada, 400_000);
    const complete: Download[] = [];
    const tryDownload = async (number: number) => {
      while (complete.length === 0) {
        const cutAt = Math.random() < 0.9 ? Math.floor(Math.random() * size!) : Infinity;
        const response = await download(at(url, number), { cutAt, cutBy: number % 2 ? 'close' : 'reset' });
        if (response.isComplete) complete.push(response);
        if (response.status === 410) return;
      }
    };

    await Promise.all(Array.from({ length: 40 }, (_, number) => tryDownload(number)));

    expect(complete.map((one) => one.sha256)).toEqual([sha256]);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('returns 410 to a client that has the last byte, even when the marker is written late', async () => {
    const { file_url: url, id, sha256 } = await oneTimeExport(installation, ada, 5_000);
    await installation.sql(`
      CREATE FUNCTION delay() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END';
      CREATE TRIGGER late_marker BEFORE UPDATE ON exports FOR EACH ROW
        WHEN (NEW.download_ending AND NOT OLD.download_ending) EXECUTE FUNCTION delay()`);

    const first = await download(url);
    const [record, second] = await Promise.all([ada.status(id), download(at(url, 1))]);

    await installation.sql('DROP TRIGGER late_marker ON exports');
    expect(first).toMatchObject({ status: 200, sha256 });
    expect(record).toMatchObject({ status: 'expired', download_count: 1 });
    expect(second.status).toBe(410);
  });

  it('returns the size to HEAD, which does not consume the file', async () => {
    const { file_url: url, id, sha256, file_size: size } = await oneTimeExport(installation, ada, 5_000);

    const response = await ada.send('HEAD', url);

    expect([response.status, response.headers.get('content-length')]).toEqual([200, String(size)]);
    expect(await ada.status(id)).toMatchObject({ status: 'completed', download_count: 0, downloaded_by: null });
    expect(await download(url)).toMatchObject({ status: 200, sha256 });
  });

  it.each<[string, RequestHeaders, number]>([
    ['a range', { range: 'bytes=0-99' }, 403],
    ['a range over everything', { range: 'bytes=0-' }, 403],
    ['a browser that resumes, and starts again on 416', { range: 'bytes=99-', 'if-range': '"x"' }, 416],
    ['If-None-Match', { 'if-none-match': '"another"' }, 412],
    ['If-Match', { 'if-match': '"another"' }, 412],
    ['If-Modified-Since', { 'if-modified-since': 'Sat, 01 Jan 2000 00:00:00 GMT' }, 412],
    ['If-Unmodified-Since', { 'if-unmodified-since': 'Sat, 01 Jan 2000 00:00:00 GMT' }, 412],
    ['If-Range', { 'if-range': '"another"' }, 412],
    ['a prefetching browser', { 'sec-purpose': 'prefetch;prerender' }, 403],
    ['an older prefetching browser', { purpose: 'prefetch' }, 403],
    ['a chat that previews the link', { 'user-agent': 'Slackbot-LinkExpanding 1.0' }, 403],
  ])('is not consumed by %s', async (_, headers, status) => {
    const { file_url: url, id, sha256 } = await oneTimeExport(installation, ada, 5_000);

    const response = await ada.get(url, headers);

    expect(response.status).toBe(status);
    expect(response.bytes.length).toBeLessThan(600);
    expect(await ada.status(id)).toMatchObject({ status: 'completed', download_count: 0, downloaded_by: null });
    expect(await download(url)).toMatchObject({ status: 200, sha256 });
  });

  it('returns 304 to a client that has the file already, and keeps the file', async () => {
    const { file_url: url, id, sha256 } = await oneTimeExport(installation, ada, 5_000);

    const response = await ada.get(url, { 'if-none-match': `"${sha256}"` });

    expect(response.status).toBe(304);
    expect(await ada.status(id)).toMatchObject({ status: 'completed', download_count: 0 });
  });

  it.each(['/api/v1/export/', '/api/export/', '/api/v1/exports/'])(
    'is served to its owner with a token under %s, and to no one else',
    async (path) => {
      const { id, sha256 } = await oneTimeExport(installation, ada, 5_000);
      const eve = await installation.asUser('eve');
      const address = path.endsWith('exports/') ? `${path}${id}/download` : `${path}${id}`;

      const [otherUser, anonymous] = [await eve.get(address), await installation.asAnonymous().get(address)];
      const owner = await ada.get(address);
      const again = await ada.get(address);

      expect([otherUser.status, anonymous.status]).toEqual([404, 401]);
      expect({ status: owner.status, sha256: digest(owner.bytes) }).toEqual({ status: 200, sha256 });
      expect(again).toMatchObject({ status: 410, body: { code: 'export-file-given-out' } });
      expect(await ada.status(id)).toMatchObject({ status: 'expired', downloaded_by: 'user:ada', file_url: null });
    },
  );

  it('writes complete and aborted downloads to the audit log, the log and the metrics', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 50_000);

    await downloadInTurn(url, { cutAt: 10 });
    await downloadInTurn(url, {});
    await ada.status(id);

    const entries = await installation.sql<{ action: string; details: object; address: string }>(
      `SELECT action, details, address FROM export_audit_log WHERE export_id = $1 AND action LIKE 'export.download%' ORDER BY id`,
      id,
    );
    expect(entries).toEqual([
      {
        action: 'export.download-broken-off',
        details: { by: 'link', bytes: expect.any(Number) },
        address: expect.any(String),
      },
      { action: 'export.downloaded', details: { by: 'link', one_time: true }, address: expect.any(String) },
    ]);
    const logged = installation.services.flatMap(({ log }) =>
      log.filter((line) => line.export_id === id && 'by' in line),
    );
    expect(logged).toMatchObject([
      { level: 'warn', event: 'export.one_time_download_aborted', by: 'link', address: expect.any(String) },
      { level: 'log', event: 'export.one_time_downloaded', by: 'link', bytes: expect.any(Number) },
    ]);
    const metrics = await (await fetch(`${installation.services[0]!.url}/metrics`)).text();
    expect(metrics).toMatch(/^export_one_time_downloads_total\{outcome="broken-off"\} [1-9]/m);
    expect(metrics).toMatch(/^export_one_time_downloads_total\{outcome="given-out"\} [1-9]/m);
  });

  it('returns 410 after the owner deleted the file during a download', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 24_000_000);
    let resume!: () => void;
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    const pending = download(url, { pauseAt: 100_000, resumed });
    // Another download to find out could consume the file.
    await until('the download has the lease', async () => {
      const rows = await installation.sql('SELECT FROM exports WHERE id = $1 AND download_token IS NOT NULL', id);
      return rows.length === 1;
    });
    const meanwhile = await download(url);

    const { status } = (await ada.delete(`/api/v1/exports/${id}/`)).body as { status: string };
    resume();

    expect(meanwhile.status).toBe(409);
    expect(status).toBe('expired');
    expect(await pending).toMatchObject({ status: 200, isComplete: false });
    expect((await download(url)).status).toBe(410);
  });
});

/** Tries again while the previous download is not known to have been aborted. */
async function downloadInTurn(url: string, behavior: DownloadBehavior): Promise<Download> {
  for (;;) {
    const response = await download(url, behavior);
    if (response.status !== 409) return response;
  }
}
