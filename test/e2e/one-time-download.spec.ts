import { type Client, type RequestHeaders, sha256 as digest } from '../support/client';
import { Installation } from '../support/installation';
import { download, type Download, oneTimeExport } from '../support/one-time';
import type { Service } from '../support/service';
import { until } from '../support/until';

const PROCESSES = 3;
const READERS = 200;

describe('A file that is given out once', () => {
  let installation: Installation;
  let ada: Client;

  beforeAll(async () => {
    installation = await Installation.create();
    await Promise.all(Array.from({ length: PROCESSES }, () => installation.start()));
    ada = await installation.asUser('ada');
  });

  afterAll(() => installation.remove());

  /** The same link, at each of the processes in turn. */
  const at = (url: string, number: number) => {
    const { url: base }: Service = installation.services[number % PROCESSES]!;
    return url.replace(/^http:\/\/[^/]+/, base);
  };

  it.each([300, 20_000, 5_000_000])('is had by exactly one of 200 readers at once (%i bytes)', async (bytes) => {
    const { file_url: url, id, sha256 } = await oneTimeExport(installation, ada, bytes);

    const downloads = await Promise.all(Array.from({ length: READERS }, (_, number) => download(at(url, number))));

    const complete = downloads.filter(({ isComplete }) => isComplete);
    expect(complete.map((one) => one.sha256)).toEqual([sha256]);
    expect(downloads.filter(({ status }) => status !== 409 && status !== 410)).toEqual(complete);
    expect(
      downloads.filter(({ status }) => status === 409).every(({ headers }) => /^retry-after: \d+$/im.test(headers)),
    ).toBe(true);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1, downloaded_by: 'link' });
    expect((await download(url)).status).toBe(410);
    expect((await installation.storedFiles()).filter((file) => file.includes(id))).toEqual([]);
  });

  it.each([
    [300, 'close'],
    [20_000, 'close'],
    [20_000, 'reset'],
    [3_000_000, 'close'],
    [3_000_000, 'reset'],
  ] as const)('survives readers that leave at any byte (%i bytes, by %s)', async (bytes, cutBy) => {
    const { file_url: url, id, sha256, file_size: size } = await oneTimeExport(installation, ada, bytes);
    const cuts = [0, 1, size! - 1, ...Array.from({ length: 12 }, () => Math.floor(Math.random() * size!))];

    const broken = [];
    for (const [number, cutAt] of cuts.entries()) broken.push(await downloadInTurn(at(url, number), { cutAt, cutBy }));
    const last = await downloadInTurn(url, {});

    expect(broken.filter(({ isComplete }) => isComplete)).toEqual([]);
    expect(last).toMatchObject({ status: 200, isComplete: true, sha256 });
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('is had by exactly one of many readers of whom most leave at any byte', async () => {
    const { file_url: url, id, sha256, file_size: size } = await oneTimeExport(installation, ada, 400_000);
    const complete: Download[] = [];
    const read = async (number: number) => {
      while (complete.length === 0) {
        const cutAt = Math.random() < 0.9 ? Math.floor(Math.random() * size!) : Infinity;
        const answer = await download(at(url, number), { cutAt, cutBy: number % 2 ? 'close' : 'reset' });
        if (answer.isComplete) complete.push(answer);
        if (answer.status === 410) return;
      }
    };

    await Promise.all(Array.from({ length: 40 }, (_, number) => read(number)));

    expect(complete.map((one) => one.sha256)).toEqual([sha256]);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', download_count: 1 });
  });

  it('is gone for whoever has its last byte, though the note of that comes late', async () => {
    const { file_url: url, id, sha256 } = await oneTimeExport(installation, ada, 5_000);
    await installation.sql(`
      CREATE FUNCTION delay() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END';
      CREATE TRIGGER late_note BEFORE UPDATE ON exports FOR EACH ROW
        WHEN (NEW.download_ending AND NOT OLD.download_ending) EXECUTE FUNCTION delay()`);

    const first = await download(url);
    const [record, second] = await Promise.all([ada.status(id), download(at(url, 1))]);

    await installation.sql('DROP TRIGGER late_note ON exports');
    expect(first).toMatchObject({ status: 200, sha256 });
    expect(record).toMatchObject({ status: 'expired', download_count: 1 });
    expect(second.status).toBe(410);
  });

  it('says by HEAD how large it is, and is not taken', async () => {
    const { file_url: url, id, sha256, file_size: size } = await oneTimeExport(installation, ada, 5_000);

    const answer = await ada.send('HEAD', url);

    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(size)]);
    expect(await ada.status(id)).toMatchObject({ status: 'completed', download_count: 0, downloaded_by: null });
    expect(await download(url)).toMatchObject({ status: 200, sha256 });
  });

  it.each<[string, RequestHeaders, number]>([
    ['a part', { range: 'bytes=0-99' }, 403],
    ['all by a range', { range: 'bytes=0-' }, 403],
    ['a browser that resumes, and then begins anew', { range: 'bytes=99-', 'if-range': '"x"' }, 416],
    ['a condition that holds', { 'if-none-match': '"another"' }, 412],
    ['another condition', { 'if-match': '"another"' }, 412],
    ['a date', { 'if-modified-since': 'Sat, 01 Jan 2000 00:00:00 GMT' }, 412],
    ['another date', { 'if-unmodified-since': 'Sat, 01 Jan 2000 00:00:00 GMT' }, 412],
    ['a condition for a part', { 'if-range': '"another"' }, 412],
    ['a prefetching browser', { 'sec-purpose': 'prefetch;prerender' }, 403],
    ['an older one', { purpose: 'prefetch' }, 403],
    ['a chat that shows what is behind a link', { 'user-agent': 'Slackbot-LinkExpanding 1.0' }, 403],
  ])('is not taken by %s', async (_, headers, status) => {
    const { file_url: url, id, sha256 } = await oneTimeExport(installation, ada, 5_000);

    const answer = await ada.get(url, headers);

    expect(answer.status).toBe(status);
    expect(answer.bytes.length).toBeLessThan(600);
    expect(await ada.status(id)).toMatchObject({ status: 'completed', download_count: 0, downloaded_by: null });
    expect(await download(url)).toMatchObject({ status: 200, sha256 });
  });

  it('tells a client that has the file already that it has, and keeps it', async () => {
    const { file_url: url, id, sha256 } = await oneTimeExport(installation, ada, 5_000);

    const answer = await ada.get(url, { 'if-none-match': `"${sha256}"` });

    expect(answer.status).toBe(304);
    expect(await ada.status(id)).toMatchObject({ status: 'completed', download_count: 0 });
  });

  it.each(['/api/v1/export/', '/api/export/', '/api/v1/exports/'])(
    'is taken by its owner with a token, under %s, and by nobody else',
    async (path) => {
      const { id, sha256 } = await oneTimeExport(installation, ada, 5_000);
      const eve = await installation.asUser('eve');
      const address = path.endsWith('exports/') ? `${path}${id}/download` : `${path}${id}`;

      const [stranger, nobody] = [await eve.get(address), await installation.asNobody().get(address)];
      const owner = await ada.get(address);
      const again = await ada.get(address);

      expect([stranger.status, nobody.status]).toEqual([404, 401]);
      expect({ status: owner.status, sha256: digest(owner.bytes) }).toEqual({ status: 200, sha256 });
      expect(again).toMatchObject({ status: 410, body: { code: 'export-file-given-out' } });
      expect(await ada.status(id)).toMatchObject({ status: 'expired', downloaded_by: 'user:ada', file_url: null });
    },
  );

  it('tells who took it and who tried', async () => {
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
    const told = installation.services.flatMap(({ log }) =>
      log.filter((line) => line.export_id === id && 'by' in line),
    );
    expect(told).toMatchObject([
      { level: 'warn', message: 'A one-time download broke off', by: 'link', address: expect.any(String) },
      { level: 'log', message: 'A one-time file was given out, and is deleted', by: 'link', bytes: expect.any(Number) },
    ]);
    const metrics = await (await fetch(`${installation.services[0]!.url}/metrics`)).text();
    expect(metrics).toMatch(/^export_one_time_downloads_total\{outcome="broken-off"\} [1-9]/m);
    expect(metrics).toMatch(/^export_one_time_downloads_total\{outcome="given-out"\} [1-9]/m);
  });

  it('is gone when its owner deletes it while somebody is reading it', async () => {
    const { id, file_url: url } = await oneTimeExport(installation, ada, 24_000_000);
    let goOn!: () => void;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const reading = download(url, { holdAt: 100_000, held });
    // To ask by another download could take the file.
    await until('the reader is given it', async () => {
      const rows = await installation.sql('SELECT FROM exports WHERE id = $1 AND download_token IS NOT NULL', id);
      return rows.length === 1;
    });
    const meanwhile = await download(url);

    const { status } = (await ada.delete(`/api/v1/exports/${id}/`)).body as { status: string };
    goOn();

    expect(meanwhile.status).toBe(409);
    expect(status).toBe('expired');
    expect(await reading).toMatchObject({ status: 200, isComplete: false });
    expect((await download(url)).status).toBe(410);
  });
});

/** Asks again for as long as another download has not been seen to break off. */
async function downloadInTurn(url: string, reading: Parameters<typeof download>[1]): Promise<Download> {
  for (;;) {
    const answer = await download(url, reading);
    if (answer.status !== 409) return answer;
  }
}
