import { lessonBoard } from '../../support/boards';
import type { Client } from '../../support/client';
import { expectExactlyOneFile, TAKEN_OVER } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { until } from '../../support/until';

/** A worker sleeps longer than its lease, and wakes when another has done its work. */
describe('When a worker is paused past its lease', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk', EXPORT_LEASE_SECONDS: '3' });
    ann = await installation.asUser('ann', { at: await installation.startApplication({ ROLE: 'api' }) });
  });

  afterAll(() => installation.remove());

  it('another one completes the export, and the first publishes nothing when it resumes', async () => {
    const paused = await installation.start({ ROLE: 'worker' });
    const { id } = await ann.requestExport(await ann.saveBoard(lessonBoard(16)), 'png');
    await until('an upload has begun', async () =>
      (await installation.storedFiles()).find((file) => file.startsWith(`.uploads/exports/${id}/`)),
    );

    paused.pause();
    await installation.startApplication({ ROLE: 'worker' });
    const published = await expectExactlyOneFile(installation, ann, id);
    paused.resume();
    const heard = await until('the first worker has heard of it', () =>
      paused.log.find(
        ({ message, export_id }) => export_id === id && /cancelled or taken over|taken away/.test(message),
      ),
    );

    expect(heard.level).not.toBe('error');
    const now = await expectExactlyOneFile(installation, ann, id);
    expect(now).toMatchObject({ sha256: published.sha256, completed_at: published.completed_at });
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
    expect(paused.isRunning).toBe(true);
  });
});
