import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { S3Storage } from '../../src/platform/storage/s3-storage';
import { Installation } from '../support/installation';
import { scaled } from '../support/machine';
import { fillStorage, type StorageFixture } from '../support/storage-fixture';
import { total } from '../support/metrics';
import { describeOnS3, S3Observer, s3Server } from '../support/s3-under-test';
import type { Service } from '../support/service';
import { until } from '../support/until';

/** More than one batch of the service, and of S3. */
const OVERDUE = 1_050;
/** Longer than a sweep takes from its list of files to its look at their records. */
const GRACE_SECONDS = Math.ceil(scaled(8));

/** S3 sets the dates of objects itself, so the grace is short, and the bucket is used by this test only. */
describeOnS3('Overdue and orphaned files in a bucket', () => {
  let bucket: S3Observer;
  let installation: Installation;
  let workers: Service[];
  let fixture: StorageFixture;

  beforeAll(async () => {
    const settings = { ...s3Server, bucket: `retention-${randomUUID().slice(0, 8)}` };
    bucket = new S3Observer(settings);
    await bucket.makeBucket();
    installation = await Installation.create({
      STORAGE: 's3',
      S3_ENDPOINT: settings.endpoint,
      S3_REGION: settings.region,
      S3_BUCKET: settings.bucket,
      S3_ACCESS_KEY_ID: settings.accessKeyId,
      S3_SECRET_ACCESS_KEY: settings.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
      ORPHAN_GRACE_MINUTES: String(GRACE_SECONDS / 60),
    });
    const storage = new S3Storage(settings);
    const store = (key: string) => storage.put(key, Readable.from([Buffer.from('bytes')]), { contentType: 'text/csv' });
    fixture = await fillStorage(installation, { store, beginUpload: (key) => bucket.beginUpload(key) }, OVERDUE);
    storage.onApplicationShutdown();
    const filled = Date.now();
    await until('the files are old enough', () => Date.now() - filled > GRACE_SECONDS * 1000, { within: 30_000 });

    const startedAt = Date.now();
    workers = await Promise.all([installation.start({ ROLE: 'worker' }), installation.start({ ROLE: 'worker' })]);
    await until('the files are deleted', async () => (await bucket.keys()).length === fixture.kept.length, {
      within: 60_000,
      every: 500,
    });
    console.log(`${OVERDUE} overdue files were gone from the bucket after ${(Date.now() - startedAt) / 1000} s`);
  });

  afterAll(async () => {
    await installation.remove();
    bucket.close();
  });

  it('are deleted, and no other files', async () => {
    const uploads = await until('the uploads are gone', async () => {
      const found = await bucket.unfinishedUploads('');
      return found.length <= fixture.keptUploads.length && found;
    });

    expect(await bucket.keys()).toEqual([...fixture.kept].sort());
    expect(uploads.sort()).toEqual([...fixture.keptUploads].sort());
  });

  it('are counted in the audit log and the metrics', async () => {
    const orphans = Object.values(fixture.orphans).flat().length;
    const abandoned = fixture.abandonedUploads.length;
    // An entry is written after the files of its step are gone.
    const { uploads, files } = await until('the sweep is in the audit log', async () => {
      const [counted] = await installation.sql<{ uploads: number; files: number }>(
        `SELECT sum((details->>'uploads')::int)::int AS uploads,
                sum(coalesce((details->>'exports')::int, 0) + coalesce((details->>'pictures')::int, 0)
                  + coalesce((details->>'thumbnails')::int, 0))::int AS files
         FROM export_audit_log WHERE action = 'storage.swept'`,
      );
      return counted !== undefined && counted.files >= orphans && counted.uploads >= abandoned && counted;
    });

    expect({ uploads, files }).toEqual({ uploads: abandoned, files: orphans });
    expect(await total('sweep_removed_total{kind="orphan"}', ...workers)).toBe(orphans);
    expect(await total('sweep_removed_total{kind="upload"}', ...workers)).toBe(abandoned);
    expect(await total('sweep_removed_total{kind="expired"}', ...workers)).toBe(OVERDUE + fixture.expired.length);
  });
});
