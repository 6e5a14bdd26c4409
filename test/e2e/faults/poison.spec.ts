import { lessonBoard } from '../../support/boards';
import { expectStored } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { until } from '../../support/until';

/** Drawing this board ends the process; it must not end one process after the other. */
describe('When a drawing crashes its worker at every attempt', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk', EXPORT_LEASE_SECONDS: '3' });
  });

  afterAll(() => installation.remove());

  it('it fails after the second attempt with a reason', async () => {
    const ann = await installation.asUser('ann', { at: await installation.startApplication({ ROLE: 'api' }) });
    const { id } = await ann.requestExport(await ann.saveBoard(lessonBoard(30)), 'png');

    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const worker = await installation.start({ ROLE: 'worker' });
      await until(
        'the worker has begun',
        () => worker.log.some((line) => line.message === 'Export started' && line['attempt'] === attempt),
        { every: 5 },
      );
      await worker.kill('SIGKILL');
    }
    await installation.startApplication({ ROLE: 'worker' });
    const end = await ann.finished(id);

    expect(end).toMatchObject({
      status: 'failed',
      file_url: null,
      error: expect.stringMatching(/stopped twice while it drew this board/),
    });
    expect((await installation.history(id)).filter((step) => step === 'export.started')).toHaveLength(2);
    await expectStored(installation, id, []);
  });
});
