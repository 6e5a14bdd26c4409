import { noteBoard, pagesBoard } from '../support/boards';
import { insertEvent, insertParticipant } from '../support/events';
import { pngSize } from '../support/files';
import { FaultyProxy } from '../support/faulty-proxy';
import { Installation } from '../support/installation';
import { describeOnS3, requestedEncryptionOf, s3Server } from '../support/s3-under-test';

const ANN = '00000000-0000-7000-8000-0000000000aa';

/** Whatever the service stores, and however. */
describeOnS3('The service with a bucket', () => {
  let proxy: FaultyProxy;
  let installation: Installation;

  beforeAll(async () => {
    proxy = await FaultyProxy.before(s3Server.endpoint);
    const environment = { STORAGE: 's3', S3_ENDPOINT: proxy.url, S3_SSE: 'AES256' };
    const bucket = { S3_BUCKET: s3Server.bucket, S3_REGION: s3Server.region, S3_FORCE_PATH_STYLE: 'true' };
    const keys = { S3_ACCESS_KEY_ID: s3Server.accessKeyId, S3_SECRET_ACCESS_KEY: s3Server.secretAccessKey };
    ({ installation } = await Installation.withApplication({ ...environment, ...bucket, ...keys }));
  });

  afterAll(async () => {
    await installation.remove();
    await proxy.close();
  });

  it('requests encryption for every object that it stores', async () => {
    const ann = await installation.asUser(ANN);
    const root = await installation.asUser('root', { roles: ['admin'] });
    const session = await ann.saveBoard(noteBoard());
    const event = await insertEvent((statement, ...values) => installation.sql(statement, ...values), {
      organizer: ANN,
    });
    await insertParticipant((statement, ...values) => installation.sql(statement, ...values), event);
    await installation.sql(
      `INSERT INTO users (id, name, email) VALUES ($1, 'Ann', 'ann@example.org') ON CONFLICT DO NOTHING`,
      ANN,
    );
    // More than one part of an upload.
    await installation.sql(
      `INSERT INTO activity_logs (user_id, action, path)
       SELECT $1, 'opened', '/' || repeat(md5(n::text), 30) FROM generate_series(1, 8000) n`,
      ANN,
    );

    const picture = await ann.requestExport(session, 'png');
    await ann.finished(picture.id);
    await ann.post(`/api/v1/solo/sessions/${session}/thumbnail/`);
    const { bytes } = await ann.get(`/api/v1/exports/${picture.id}/download`);
    const uploaded = await ann.put(`/api/v1/exports/${picture.id}/content`, bytes, { 'content-type': 'image/png' });
    const bulk = await root.post('/api/v1/export/bulk', { tables: ['activity_logs'], format: 'json' });
    const results = await ann.post(`/api/v1/events/${event.id}/results/export`, {});
    for (const id of [bulk.body.jobId, results.body.id] as string[]) await installation.reaches(id, 'completed');

    const requested = requestedEncryptionOf(proxy.seen);
    expect(uploaded.status).toBe(200);
    expect(requested.filter(({ algorithm }) => algorithm !== 'AES256')).toEqual([]);
    expect(requested.map(({ method, key }) => `${method} ${key.split('/')[0]}`).sort()).toEqual([
      'POST exports',
      'PUT exports',
      'PUT exports',
      'PUT pictures',
      'PUT thumbnails',
    ]);
  });

  it('reads no more of an encrypted file than a preview needs', async () => {
    const ann = await installation.asUser(ANN);
    const root = await installation.asUser('root', { roles: ['admin'] });
    await installation.sql(
      `INSERT INTO activity_logs (user_id, action, path)
       SELECT $1, 'opened', '/' || repeat(md5(n::text), 10) FROM generate_series(1, 2000) n`,
      ANN,
    );
    const options = { format: 'csv', columns: ['action', 'user_id'] };
    const rows = await root.post('/api/v1/export/bulk', { tables: ['activity_logs'], ...options });
    await installation.reaches(rows.body.jobId as string, 'completed');
    const board = await ann.requestExport(await ann.saveBoard(pagesBoard(3)), 'png');
    await ann.finished(board.id);
    const before = proxy.seen.length;

    const preview = await root.get(`/api/v1/exports/${String(rows.body.jobId)}/preview?rows=2`);
    const page = await ann.get(`/api/v1/exports/${board.id}/pages/3`);

    expect(preview.body).toMatchObject({ columns: ['action', 'user_id'], rows: Array(2).fill(['opened', ANN]) });
    expect(page.status).toBe(200);
    expect(pngSize(page.bytes).height).toBe(640);
    const read = proxy.seen.slice(before).filter(({ method }) => method === 'GET');
    expect(read.map(({ headers }) => headers.range)).toEqual([
      'bytes=0-65535',
      expect.stringMatching(/^bytes=/),
      expect.stringMatching(/^bytes=/),
    ]);
  });
});
