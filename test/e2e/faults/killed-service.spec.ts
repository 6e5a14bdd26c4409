import { lessonBoard } from '../../support/boards';
import { expectExactlyOneFile, TAKEN_OVER } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';

/** One process is all there is; it is configured as it comes. */
describe('When the only process is killed during a drawing', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk' });
  });

  afterAll(() => installation.remove());

  it('the export is completed within a minute after the next start', async () => {
    const before = await installation.start();
    const ann = await installation.asUser('ann', { at: before });
    const { id } = await ann.requestExport(await ann.saveBoard(lessonBoard(16)), 'png');
    await ann.reaches(id, 'processing', { every: 5 });

    await before.kill('SIGKILL');
    const after = await installation.start();

    const annAgain = await installation.asUser('ann', { at: after });
    const done = await expectExactlyOneFile(installation, annAgain, id);
    expect(done.page_count).toBe(16);
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
  });
});
