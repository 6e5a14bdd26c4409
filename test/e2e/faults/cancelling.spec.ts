import { setTimeout as pause } from 'node:timers/promises';
import { lessonBoard, noteBoard } from '../../support/boards';
import type { Client } from '../../support/client';
import { expectStored } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { scaledBeside, timeOf } from '../../support/machine';
import type { Service } from '../../support/service';
import { stallReads, stallUpdates } from '../../support/stall';
import { until } from '../../support/until';

const WITHIN_MS = 2_000;

/** Cancelling wins at every step: it is answered at once, and nothing of the export is left. */
describe('Cancelling an export', () => {
  let installation: Installation;
  let worker: Service;
  let ann: Client;
  /** A board that takes seconds to draw. */
  let lesson: string;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk' });
    ann = await installation.asUser('ann', { at: await installation.startApplication({ ROLE: 'api' }) });
    lesson = await ann.saveBoard(lessonBoard(60));
  });

  afterAll(() => installation.remove());

  async function cancel(id: string): Promise<void> {
    const usual = await timeOf(() => ann.status(id));
    const startedAt = performance.now();
    const { status, body } = await ann.delete(`/api/v1/exports/${id}/`);
    expect(performance.now() - startedAt).toBeLessThan(scaledBeside(WITHIN_MS, usual));
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'cancelled', file_url: null });
  }

  /** The work ends too: the worker says so, and is free for others. */
  async function expectWorkEnded(id: string): Promise<void> {
    await until(
      'the worker has stopped',
      () => worker.log.some(({ message, export_id }) => export_id === id && /cancelled|taken away/.test(message)),
      { within: WITHIN_MS },
    );
    await expectStored(installation, id, []);
    expect(await ann.status(id)).toMatchObject({ status: 'cancelled', file_url: null });
    expect(await installation.history(id)).toEqual(['export.requested', 'export.started', 'export.cancelled']);
  }

  it('that is pending prevents every attempt', async () => {
    const session = await ann.saveBoard(noteBoard());
    const { id } = await ann.requestExport(session, 'png');

    await cancel(id);
    worker = await installation.start({ ROLE: 'worker' });
    const later = await ann.requestExport(session, 'png');
    await ann.finished(later.id);

    expect(await installation.history(id)).toEqual(['export.requested', 'export.cancelled']);
    await expectStored(installation, id, []);
  });

  it('whose board is being read stops the attempt', async () => {
    const session = await ann.saveBoard(noteBoard());
    const claiming = await stallUpdates(installation, "NEW.status = 'processing' AND OLD.status = 'pending'");
    const { id } = await ann.requestExport(session, 'png');
    const reading = await stallReads(installation, 'solo_sessions');
    await claiming.release();
    await ann.reaches(id, 'processing');

    await cancel(id);
    await reading.release();

    await expectWorkEnded(id);
  });

  it('that is being drawn stops the drawing', async () => {
    const { id } = await ann.requestExport(lesson, 'pdf');
    await until('pages are drawn', async () => (await ann.status(id)).progress.done > 0);

    await cancel(id);

    await expectWorkEnded(id);
  });

  it('that holds the only drawing thread lets the next one be drawn', async () => {
    const { id } = await ann.requestExport(lesson, 'pdf');
    await until('pages are drawn', async () => (await ann.status(id)).progress.done > 0);
    const behind = await ann.requestExport(await ann.saveBoard(noteBoard()), 'pdf');
    await ann.reaches(behind.id, 'processing');

    await cancel(id);

    expect(await ann.finished(behind.id, { within: 10_000 })).toMatchObject({ status: 'completed' });
  });

  it('that is being uploaded aborts the upload', async () => {
    const { id } = await ann.requestExport(lesson, 'png');
    await installation.uploadOf(id);

    await cancel(id);

    await expectWorkEnded(id);
  });

  it('at any moment leaves no file', async () => {
    const session = await ann.saveBoard(noteBoard());
    const moments = Array.from({ length: 20 }, (_, index) => index * 12);

    const ends = await Promise.all(
      moments.map(async (moment) => {
        const { id } = await ann.requestExport(session, 'png', { pixel_ratio: 1 });
        await pause(moment);
        const { body } = await ann.delete(`/api/v1/exports/${id}/`);
        return { id, status: (body as { status: string }).status };
      }),
    );

    for (const { id, status } of ends) {
      expect(['cancelled', 'expired']).toContain(status);
      expect(await ann.status(id)).toMatchObject({ status, file_url: null });
      await expectStored(installation, id, []);
    }
  });
});
