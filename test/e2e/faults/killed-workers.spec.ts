import { lessonBoard, noteBoard } from '../../support/boards';
import type { Client } from '../../support/client';
import { expectExactlyOneFile, TAKEN_OVER } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import type { Service } from '../../support/service';
import { stallReads, stallUpdates } from '../../support/stall';
import { until } from '../../support/until';

/** A worker is killed at one step or another. Another worker completes its export, once. */
describe('When a worker is killed', () => {
  let installation: Installation;
  let worker: Service;
  let ann: Client;

  beforeAll(async () => {
    installation = await Installation.create({
      STORAGE: 'disk',
      EXPORT_LEASE_SECONDS: '3',
      // `killed-service` and `parts` kill processes with threads.
      EXPORT_THREADS: '0',
    });
    const api = await installation.startApplication({ ROLE: 'api' });
    ann = await installation.asUser('ann', { at: api });
  });

  beforeEach(async () => {
    worker = await installation.worker();
  });

  afterEach(() => installation.keepOne());

  afterAll(() => installation.remove());

  it('after it claimed the export, another one completes the export', async () => {
    const session = await ann.saveBoard(noteBoard());
    const claiming = await stallUpdates(installation, "NEW.status = 'processing' AND OLD.status = 'pending'");
    const { id } = await ann.requestExport(session, 'png');
    const reading = await stallReads(installation, 'solo_sessions');
    await claiming.release();
    await ann.reaches(id, 'processing');

    await worker.kill('SIGKILL');
    await reading.release();
    await installation.startSuccessor();

    await expectExactlyOneFile(installation, ann, id);
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
  });

  it('halfway through the upload, nothing of that half remains', async () => {
    const session = await ann.saveBoard(lessonBoard(8));
    const { id } = await ann.requestExport(session, 'png');
    const half = await installation.uploadOf(id);

    await worker.kill('SIGKILL');
    expect(await installation.storedFiles()).toContain(half);
    await installation.startSuccessor();

    await expectExactlyOneFile(installation, ann, id);
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
  });

  it('after the file was stored and before it was published, one that runs already replaces the file', async () => {
    const session = await ann.saveBoard(noteBoard());
    const publishing = await stallUpdates(installation, "NEW.status = 'completed'");
    const { id } = await ann.requestExport(session, 'png');
    const unpublished = await until('the file is stored', async () =>
      (await installation.storedFiles()).find((file) => file.startsWith(`exports/${id}/`)),
    );
    await installation.startSuccessor();

    await worker.kill('SIGKILL');
    await publishing.release();

    await expectExactlyOneFile(installation, ann, id);
    expect(await installation.storedFiles()).not.toContain(unpublished);
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
  });
});
