import { rename, rm, writeFile } from 'node:fs/promises';
import { noteBoard } from '../../support/boards';
import type { Client } from '../../support/client';
import { expectExactlyOneFile } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { total } from '../../support/metrics';
import { endPauses } from '../../support/pauses';
import { until } from '../../support/until';

/** A file replaces the folder of the storage, so that not even root can write there. */
describe('When the storage accepts no file', () => {
  let installation: Installation;
  let ann: Client;

  beforeEach(async () => {
    ({ installation } = await Installation.withService({ STORAGE: 'disk' }));
    ann = await installation.asUser('ann');
    await rename(installation.storageFolder, `${installation.storageFolder}.away`);
    await writeFile(installation.storageFolder, 'not a folder');
  });

  afterEach(async () => {
    await rm(`${installation.storageFolder}.away`, { recursive: true, force: true });
    await installation.remove();
  });

  async function storageReturns(): Promise<void> {
    await rm(installation.storageFolder);
    await rename(`${installation.storageFolder}.away`, installation.storageFolder);
  }

  it('the export is retried until the storage is back', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'png');
    await until('an attempt has failed', async () =>
      (await installation.history(id)).includes('export.attempt-failed'),
    );
    expect(await ann.status(id)).toMatchObject({ status: expect.stringMatching(/pending|processing/), error: null });

    await storageReturns();

    await expectExactlyOneFile(installation, ann, id);
  });

  it('permanently, the export fails with a reason that users understand', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'pdf');

    for (const attempt of [1, 2]) {
      await until('an attempt has failed', async () => {
        const failed = (await installation.history(id)).filter((step) => step === 'export.attempt-failed');
        return failed.length === attempt;
      });
      await endPauses(installation);
    }
    const end = await ann.finished(id);

    expect(end).toMatchObject({
      status: 'failed',
      file_url: null,
      error: 'The file was made but could not be stored. Please try again later.',
    });
    expect((await installation.history(id)).filter((step) => step === 'export.started')).toHaveLength(3);
    expect(await (await fetch(`${ann.url}/health/ready`)).json()).toMatchObject({ checks: { storage: 'failed' } });
    const service = installation.services[0]!;
    expect(await total('export_attempts_total{outcome="retried"}', service)).toBe(2);
    expect(await total('export_attempts_total{outcome="failed"}', service)).toBe(1);
    expect(await total('dependency_up{dependency="storage"}', service)).toBe(0);
  });
});
