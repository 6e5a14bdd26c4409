import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { noteBoard } from '../support/boards';
import { type Client, sha256 } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { addTableType } from '../support/data';
import { insertEvent, insertParticipants } from '../support/events';
import { type Fault, FaultyProxy, type SeenRequest } from '../support/faulty-proxy';
import { Installation } from '../support/installation';
import { PackedClient } from '../support/packed-client';
import { signedToken } from '../support/tokens';

const MAX_MAIN_ENTRY_BYTES = 11_000;

/** The client as a program outside the checkout gets it: packed and installed. `npm run check` compiles it strictly. */
describe('The packed client', () => {
  let proxy: FaultyProxy;
  let installation: Installation;
  let client: PackedClient;
  let ann: Client;
  let partner: CustomerClient;
  let options: { baseUrl: string; token: string };

  beforeAll(async () => {
    client = await PackedClient.install();
    // The links of the service lead through the proxy as well.
    proxy = await FaultyProxy.before('http://127.0.0.1');
    ({ installation } = await Installation.withApplication({ PUBLIC_URL: proxy.url }));
    proxy.leadTo(installation.host.url);
    const id = randomUUID();
    ann = await installation.asUser(id);
    partner = await installation.asCustomer();
    options = { baseUrl: proxy.url, token: await signedToken(id) };
    await installation.sql(
      `CREATE VIEW long_rows AS SELECT n AS id, '${id}'::uuid AS user_id, repeat(md5(n::text), 32) AS filler FROM generate_series(1, 4000) n`,
    );
    await addTableType(installation, 'long_rows');
  });

  afterEach(() => {
    proxy.recover();
  });

  afterAll(async () => {
    await installation.remove();
    await proxy.close();
    await client.remove();
  });

  const rows = { type: 'partial', data_types: ['long_rows'], format: 'csv' };

  const downloads = () => proxy.seen.filter(({ url }) => url.pathname.endsWith('/download'));

  async function savedSha256(path: string | undefined): Promise<string> {
    return sha256(await readFile(path!));
  }

  it('contains what it exports, and neither tests nor sources', async () => {
    const files = await client.files();

    expect(files).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/node.js', 'README.md']));
    expect(files.filter((name) => name.includes('spec') || name.startsWith('src'))).toEqual([]);
  });

  it('needs nothing of Node in its main entry, and is small', async () => {
    const contents = `export { createClient } from '@export-service/client'`;
    const { outputFiles, warnings } = await build({
      stdin: { contents, resolveDir: client.folder },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
    });

    expect(warnings).toEqual([]);
    expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThan(MAX_MAIN_ENTRY_BYTES);
  });

  it('creates one export and gets its whole file over connections that break at random', async () => {
    const before = await countExports();
    proxy.decide = faultsAtRandom(20);

    const { id, saved, retries } = await client.run({ options, request: rows, target: client.folder });

    const record = await ann.status(id!);
    expect(await savedSha256(saved?.path)).toBe(record.sha256);
    expect(saved).toMatchObject({ size: record.file_size, path: join(client.folder, record.file_name!) });
    expect(retries?.length).toBeGreaterThan(2);
    expect((await countExports()) - before).toBe(1);
  });

  it('resumes a download where the connection broke, without a byte twice', async () => {
    const cutAfter = 500_000;
    proxy.decide = ({ url }) => (url.pathname.endsWith('/download') ? { cutAfter } : 'pass');

    const { id, saved } = await client.run({ options, request: rows, target: join(client.folder, 'resumed.csv') });

    const { sha256: expected, file_size: size } = await ann.status(id!);
    const starts = downloads().map(({ headers }) => Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0));
    expect(await savedSha256(saved?.path)).toBe(expected);
    expect(starts).toHaveLength(Math.ceil(size! / cutAfter));
    expect(starts).toEqual([...new Set(starts)].sort((one, other) => one - other));
    expect(new Set(downloads().map(({ headers }) => headers['if-range']))).toEqual(
      new Set([undefined, `"${expected}"`]),
    );
  });

  it('continues a file that an earlier process did not finish', async () => {
    const key = { request: rows, target: join(client.folder, 'continued.csv'), options };
    const first = await client.run({ ...key, exitAfterBytes: 1_000_000 });
    const parts = (await readdir(client.folder)).filter((name) => name.endsWith('.part'));

    const { id, saved } = await client.run(key);

    expect([first.exitCode, parts]).toEqual([3, [expect.stringMatching(/^continued\.csv\.[\da-f]{12}\.part$/)]]);
    expect(saved?.resumedFrom).toBeGreaterThan(500_000);
    expect(await savedSha256(saved?.path)).toBe((await ann.status(id!)).sha256);
    expect((await readdir(client.folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('starts the download of a one-time file again when the connection breaks', async () => {
    const organizer = await installation.asUser('olena');
    const sql = installation.sql.bind(installation);
    const event = await insertEvent(sql, { organizer: 'olena' });
    await insertParticipants(sql, event, 500);
    let cuts = 2;
    proxy.decide = ({ url }) => (url.pathname.endsWith('/download') && cuts-- > 0 ? { cutAfter: 9_000 } : 'pass');

    const { id, saved } = await client.run({
      options: { ...options, token: await signedToken('olena') },
      request: { event: event.id, format: 'csv' },
      target: join(client.folder, 'results.csv'),
    });

    const record = await organizer.status(id!);
    expect(await savedSha256(saved?.path)).toBe(record.sha256);
    expect(record).toMatchObject({ status: 'expired', download_count: 1 });
    expect(downloads().map(({ headers }) => headers.range)).toEqual(Array(downloads().length).fill(undefined));
    expect(downloads().length).toBeGreaterThanOrEqual(3);
  });

  it('polls the status as the service asks where events do not arrive', async () => {
    proxy.decide = ({ url }) => (url.pathname.endsWith('/events') ? 'cut' : 'pass');

    const { statuses } = await client.run({ options, request: rows, target: join(client.folder, 'polled.csv') });

    expect(statuses?.at(-1)).toBe('completed');
    expect(proxy.seen.filter(({ url }) => url.pathname.endsWith('/events')).length).toBeLessThanOrEqual(3);
  });

  it('estimates rows before, and reads the first ones after the export', async () => {
    const { estimate, preview } = await client.run({
      options,
      request: rows,
      target: client.folder,
      looksAtRows: true,
    });

    const columns = ['id', 'user_id', 'filler'];
    expect(estimate).toMatchObject({ unit: 'rows', samples: [{ columns }] });
    expect(preview).toMatchObject({ columns, rows: [expect.any(Array), expect.any(Array)] });
  });

  it('exports a board for an external system', async () => {
    const board = await partner.startSession('ada', noteBoard());

    const { id, saved } = await client.run({
      options: { baseUrl: proxy.url, customer: { id: partner.id, secret: partner.secret } },
      request: { board, format: 'pdf' },
      target: join(client.folder, 'board.pdf'),
    });

    expect(await savedSha256(saved?.path)).toBe((await partner.status(id!)).sha256);
  });

  it.each([
    ['a wrong token', { token: 'wrong' }, rows, { name: 'UnauthorizedError', code: 'unauthorized' }],
    ['a wrong field', {}, { ...rows, format: 'zip' }, { name: 'ExportServiceError', code: 'invalid-format' }],
    ['an unknown board', {}, { board: randomUUID() }, { name: 'ExportServiceError', code: 'session-not-found' }],
    ['no service', { baseUrl: 'http://127.0.0.1:9', retryTimeoutMs: 10 }, rows, { name: 'ConnectionError' }],
  ])('says in words what is wrong: %s', async (_, changed, request, expected) => {
    const { error } = await client.run({ options: { ...options, ...changed }, request, target: client.folder });

    expect(error).toMatchObject(expected);
    expect(error?.text).toMatch(/[а-яі]{3}/i);
  });

  async function countExports(): Promise<number> {
    const [row] = await installation.sql<{ count: string }>('SELECT count(*) FROM exports');
    return Number(row!.count);
  }
});

/** Breaks half of the first requests, each in another way, and the same ones in every run. */
function faultsAtRandom(requests: number): (request: SeenRequest) => Fault {
  let state = 7;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  let seen = 0;
  return () => {
    seen += 1;
    if (seen > requests || random() < 0.5) return 'pass';
    const faults: Fault[] = ['cut', 'lose-answer', 503, { cutAfter: Math.ceil(random() * 1_000_000) }];
    return faults[Math.floor(random() * faults.length)]!;
  };
}
