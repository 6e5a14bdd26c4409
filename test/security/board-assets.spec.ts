import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { PNG } from 'pngjs';
import { S3Storage } from '../../src/platform/storage/s3-storage';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import { pixelsOf } from '../support/pixels';
import { describeOnS3, s3Server } from '../support/s3-under-test';

const LIME = [0, 255, 0, 255];
const SECRET_OF_ANOTHER_TENANT = 'assets/north-school/secret.png';
const UNSIGNED = [
  expect.stringMatching(/^An image on page 1 is missing .*: its address is not signed, or has expired\.$/),
];

function limePng(): Buffer {
  const image = new PNG({ width: 200, height: 200 });
  image.data.fill(Buffer.from(LIME));
  return PNG.sync.write(image);
}

/** The colour in the middle of a board's only image, and the warnings of its export. */
async function exported(user: Client, src: string): Promise<{ colour: number[]; warnings: readonly string[] }> {
  const board = await user.saveBoard({
    pages: [{ assets: [{ type: 'image', src, x: 0, y: 0, width: 200, height: 200 }] }],
  });
  const { id } = await user.requestExport(board, 'png', { pixel_ratio: 1 });
  const { warnings } = await user.finished(id);
  const rgba = await pixelsOf((await user.get(`/api/v1/exports/${id}/download`)).bytes);
  return { colour: rgba(100, 100), warnings };
}

describe('An image in the storage of the service, on disk', () => {
  let installation: Installation;

  const address = (user: Client) => `${user.url}/${SECRET_OF_ANOTHER_TENANT}`;
  const userOf = async (environment: Record<string, string>) => {
    ({ installation } = await Installation.withApplication({ STORAGE: 'disk', ...environment }));
    const file = join(installation.storageFolder, SECRET_OF_ANOTHER_TENANT);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, limePng());
    return installation.asUser('eve');
  };
  afterEach(() => installation.remove());

  it('is not drawn by its plain address', async () => {
    const eve = await userOf({});

    const { colour, warnings } = await exported(eve, address(eve));

    expect(colour).not.toEqual(LIME);
    expect(warnings).toEqual(UNSIGNED);
  });

  it('is drawn by its plain address when the operator allows it', async () => {
    const eve = await userOf({ BOARD_ASSETS: 'open' });

    expect(await exported(eve, address(eve))).toEqual({ colour: LIME, warnings: [] });
  });
});

describeOnS3('An image in the bucket of the service', () => {
  const storage = new S3Storage({ ...s3Server, publicEndpoint: s3Server.endpoint });
  let installation: Installation;
  let eve: Client;

  beforeAll(async () => {
    await storage.put(SECRET_OF_ANOTHER_TENANT, Readable.from([limePng()]), { contentType: 'image/png' });
    ({ installation } = await Installation.withApplication({
      STORAGE: 's3',
      S3_ENDPOINT: s3Server.endpoint,
      S3_REGION: s3Server.region,
      S3_BUCKET: s3Server.bucket,
      S3_ACCESS_KEY_ID: s3Server.accessKeyId,
      S3_SECRET_ACCESS_KEY: s3Server.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
    }));
    eve = await installation.asUser('eve');
  });
  afterAll(async () => {
    await installation.remove();
    await storage.delete(SECRET_OF_ANOTHER_TENANT);
    storage.onApplicationShutdown();
  });

  it('is drawn only by a presigned URL', async () => {
    const link = { fileName: 'a.png', contentType: 'image/png', expiresInSeconds: 600 };
    const signed = (await storage.link(SECRET_OF_ANOTHER_TENANT, link))!;
    const other = (await storage.link('assets/south-school/own.png', link))!;

    expect(await exported(eve, signed)).toEqual({ colour: LIME, warnings: [] });
    for (const address of [
      signed.split('?')[0]!,
      `s3://${s3Server.bucket}/${SECRET_OF_ANOTHER_TENANT}`,
      other.replace('south-school/own.png', 'north-school/secret.png'),
    ]) {
      const { colour, warnings } = await exported(eve, address);
      expect(colour).not.toEqual(LIME);
      expect(warnings).toEqual(UNSIGNED);
    }
  });
});
