import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigningKey, formatKey } from '../../src/platform/signing/signing-key';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import type { ProgramRun } from '../support/program';
import { describeOnS3, S3Observer, s3Server } from '../support/s3-under-test';
import { createNotes, createSchedule, SCHEDULES, settledRuns } from '../support/schedules';
import { readReport, runVerify } from '../support/verify-program';

/** What a schedule delivers to a bucket is verified there, by the built command line and without a copy on disk. */
describeOnS3('export-service verify s3://', () => {
  let installation: Installation;
  let ann: Client;
  let folder: string;
  let bucket: string;
  let observer: S3Observer;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({
      SIGNING_KEY: formatKey(createSigningKey()),
      OUTBOUND_ALLOWED_HOSTS: new URL(s3Server.endpoint).host,
    }));
    await createNotes(installation, 'ann');
    ann = await installation.asUser('ann');
    folder = await mkdtemp(join(tmpdir(), 'verify-bucket-'));
    await writeFile(join(folder, 'keys.json'), (await installation.asAnonymous().get('/.well-known/jwks.json')).text);
  });

  beforeEach(async () => {
    bucket = `verified-${randomUUID()}`;
    observer = new S3Observer({ ...s3Server, bucket });
    await observer.makeBucket();
  });

  afterEach(() => {
    observer.close();
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await installation.remove();
  });

  /** Has a schedule deliver one run to the bucket. @returns the keys of its objects */
  async function deliver(options: object = {}): Promise<string[]> {
    const { id } = await createSchedule(ann, {
      name: 'notes',
      delivery_method: 's3',
      destination: `s3://${bucket}/nightly/`,
      destination_options: {
        endpoint: s3Server.endpoint,
        region: s3Server.region,
        access_key_id: s3Server.accessKeyId,
        secret_access_key: s3Server.secretAccessKey,
        force_path_style: true,
      },
      options,
    });
    await ann.post(`${SCHEDULES}/${id}/run`, {});
    expect(await settledRuns(ann, id, 1)).toMatchObject([{ outcome: 'succeeded', record_count: 3 }]);
    return observer.keys();
  }

  const run = (place: string): Promise<ProgramRun> =>
    runVerify(folder, [place, '--jwks', 'keys.json'], {
      AWS_ENDPOINT_URL_S3: s3Server.endpoint,
      AWS_REGION: s3Server.region,
      AWS_ACCESS_KEY_ID: s3Server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3Server.secretAccessKey,
    });

  it.each([
    ['a file', {}, 1],
    ['an export of several files', { partition_by: { column: 'id', unit: 'value' } }, 3],
  ])('verifies %s, and names what was changed in it', async (_, options, files) => {
    const keys = await deliver(options);
    const changed = keys.find((key) => key.endsWith('.csv'))!;

    const before = await run(`s3://${bucket}/nightly/`);
    await observer.put(changed, (await observer.text(changed)).replace('1', '7'));
    const after = await run(`s3://${bucket}/nightly/`);

    const [whole, wrong] = [readReport(before), readReport(after)];
    expect(keys).toHaveLength(files + 1);
    expect({ code: before.code, verdict: whole.verdict, findings: whole.findings }).toEqual({
      code: 0,
      verdict: 'verified',
      findings: [],
    });
    expect(whole.exports[0]?.files.reduce((sum, { countedRows }) => sum + (countedRows ?? 0), 0)).toBe(3);
    expect({ code: after.code, verdict: wrong.verdict }).toEqual({ code: 1, verdict: 'wrong' });
    expect(wrong.findings).toContainEqual(
      expect.objectContaining({ code: 'block-modified', file: expect.stringContaining(changed.split('/').at(-1)!) }),
    );
  });
});
