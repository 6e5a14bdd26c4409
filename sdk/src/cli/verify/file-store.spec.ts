import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csv, Signer, toManifest } from '../../../test/sealed-export.js';
import { verify } from '../../verify/index.js';
import { openFile, openPlace } from './file-store.js';
import { gather } from './gather.js';

const signer = Signer.create();
const { jwks } = signer;

const described = ['payments.csv', 'users.csv'].map((name, index) => ({
  name,
  bytes: csv(index + 2),
  rows: index + 2,
}));
const alone = { name: 'alone.csv', bytes: csv(5), rows: 5 };
const zip = signer.sealArchive(toManifest(described), described);

/** The files of each test, by their paths. */
const FILES: Readonly<Record<string, Buffer>> = {
  'parts/manifest.json': signer.seal(toManifest(described)),
  'parts/payments.csv': described[0]!.bytes,
  'parts/users.csv': described[1]!.bytes,
  'alone.csv': alone.bytes,
  'alone.csv.manifest.json': signer.seal(toManifest([alone])),
  'export.zip': zip,
  'empty.csv': Buffer.alloc(0),
};

async function verifyPlace(text: string, manifest?: string): Promise<string[]> {
  const { files, isSelection } = await gather(await openPlace(text), manifest ? await openFile(manifest) : undefined);
  const { verdict, findings } = await verify({ files, isSelection, jwks });
  return [verdict, ...findings.map(({ code, file }) => `${code} ${file}`)];
}

/** Serves the files: on a path as a web server, and below /bucket as a little of S3. */
class FileServer {
  hasRanges = true;
  readonly requests: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FileServer> {
    const server = createServer();
    const files = new FileServer(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      files.answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return files;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    this.requests.push(`${request.method ?? ''} ${pathname}`);
    const prefix = searchParams.get('prefix');
    if (searchParams.has('list-type')) {
      response.end(listing(prefix ?? '', searchParams.get('continuation-token')));
      return;
    }
    const bytes = FILES[pathname.replace(/^\/(bucket\/)?/, '')];
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (!bytes) response.writeHead(404).end();
    else if (!range || !this.hasRanges) response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
    else if (Number(range[1]) >= bytes.length) {
      response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end();
    } else {
      const [start, end] = [Number(range[1]), Math.min(Number(range[2]) + 1, bytes.length)];
      const headers = { 'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}`, 'Content-Length': end - start };
      response.writeHead(206, headers).end(bytes.subarray(start, end));
    }
  }
}

/** Two keys a page. */
function listing(prefix: string, token: string | null): string {
  const keys = Object.keys(FILES).filter((key) => key.startsWith(prefix));
  const start = Number(token ?? 0);
  const contents = keys
    .slice(start, start + 2)
    .map((key) => `<Contents><Key>${key}</Key><Size>${FILES[key]!.length}</Size></Contents>`);
  const next =
    start + 2 < keys.length
      ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${start + 2}</NextContinuationToken>`
      : '';
  return `<?xml version="1.0"?><ListBucketResult>${contents.join('')}${next}</ListBucketResult>`;
}

const ALONE = ['verified'];
const ONE_OF_TWO = ['verified', 'file-not-given users.csv'];
const ZIP = ['verified', 'container-not-covered export.zip'];

describe('The files to verify', () => {
  describe('on a disk', () => {
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'verify-'));
      await mkdir(join(folder, 'parts'));
      for (const [name, bytes] of Object.entries(FILES)) await writeFile(join(folder, name), bytes);
    });

    afterAll(() => rm(folder, { recursive: true, force: true }));

    it.each<[string, string[]]>([
      ['alone.csv', ALONE],
      ['alone.csv.manifest.json', ALONE],
      ['parts', ['verified']],
      ['parts/manifest.json', ['verified']],
      ['parts/payments.csv', ONE_OF_TWO],
      ['export.zip', ZIP],
      ['.', ['unverifiable', 'manifest-missing empty.csv', 'container-not-covered export.zip']],
    ])('are those of %s', async (name, expected) => {
      expect(await verifyPlace(join(folder, name))).toEqual(expected);
    });

    it('have the manifest that is named', async () => {
      const manifest = join(folder, 'parts/manifest.json');

      expect(await verifyPlace(join(folder, 'parts/payments.csv'), manifest)).toEqual(ONE_OF_TWO);
      expect(await verifyPlace(join(folder, 'alone.csv'), manifest)).toEqual([
        'unverifiable',
        'file-not-given payments.csv',
        'file-not-given users.csv',
        'manifest-missing alone.csv',
      ]);
    });

    it('must exist', async () => {
      await expect(openPlace(join(folder, 'other.csv'))).rejects.toThrow('does not exist');
      await expect(openPlace('ftp://host/file')).rejects.toThrow('cannot be read');
    });
  });

  describe('on a server', () => {
    let server: FileServer;
    const before = { ...process.env };

    beforeAll(async () => {
      server = await FileServer.start();
      Object.assign(process.env, {
        AWS_ENDPOINT_URL_S3: server.url,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      });
    });

    beforeEach(() => {
      server.hasRanges = true;
    });

    afterAll(async () => {
      process.env = before;
      await server.close();
    });

    it.each([true, false])('can be read with their manifests, with ranges or without (%s)', async (hasRanges) => {
      server.hasRanges = hasRanges;

      expect(await verifyPlace(`${server.url}/alone.csv`)).toEqual(ALONE);
      expect(await verifyPlace(`${server.url}/parts/payments.csv`)).toEqual(ONE_OF_TWO);
      expect(await verifyPlace(`${server.url}/export.zip`)).toEqual(ZIP);
      expect(await verifyPlace(`${server.url}/empty.csv`)).toEqual(['unverifiable', 'manifest-missing empty.csv']);
    });

    it('are not guessed beside a presigned URL', async () => {
      const url = `${server.url}/alone.csv?signature=1`;
      server.requests.length = 0;

      expect(await verifyPlace(url)).toEqual(['unverifiable', 'manifest-missing alone.csv']);
      expect(new Set(server.requests)).toEqual(new Set(['GET /alone.csv']));
      expect(await verifyPlace(url, `${server.url}/alone.csv.manifest.json?signature=2`)).toEqual(ALONE);
    });

    it('are not listed by a web server', async () => {
      await expect(openPlace(`${server.url}/parts/`)).rejects.toThrow('name one of them');
      await expect(openFile(`${server.url}/other.csv`)).rejects.toThrow('does not exist');
    });

    it('can be objects of a bucket, or all below a prefix', async () => {
      expect(await verifyPlace('s3://bucket/alone.csv')).toEqual(ALONE);
      expect(await verifyPlace('s3://bucket/export.zip')).toEqual(ZIP);
      expect(await verifyPlace('s3://bucket/parts/')).toEqual(['verified']);
      expect(await verifyPlace('s3://bucket/parts')).toEqual(['verified']);
      expect(await verifyPlace('s3://bucket/parts/users.csv')).toEqual(['verified', 'file-not-given payments.csv']);
      await expect(verifyPlace('s3://bucket/other')).rejects.toThrow('does not exist');
    });
  });
});
