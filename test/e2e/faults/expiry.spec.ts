import { noteBoard } from '../../support/boards';
import { follow } from '../../support/client';
import { expectStored } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';

const TWO_SECONDS_IN_DAYS = String(2 / 86_400);

describe('When the time of a file is over', () => {
  let installation: Installation;

  beforeAll(async () => {
    ({ installation } = await Installation.withService({ STORAGE: 'disk', RETENTION_DAYS: TWO_SECONDS_IN_DAYS }));
  });

  afterAll(() => installation.remove());

  it('it is deleted, and its links say that it is gone', async () => {
    const ann = await installation.asUser('ann');
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'png');
    const { file_url: link } = await ann.reaches(id, 'completed', { every: 10 });

    const expired = await ann.reaches(id, 'expired');
    const gone = await follow(link);

    expect(expired).toMatchObject({ file_url: null, progress: { percent: 100 } });
    expect(expired.file_size).toBeGreaterThan(0);
    expect(gone.status).toBe(410);
    expect(gone.body).toMatchObject({ status: 410, detail: expect.stringContaining('expired') });
    expect((await ann.get(`/api/v1/exports/${id}/download/`)).status).toBe(410);
    await expectStored(installation, id, []);
    expect(await installation.history(id)).toEqual([
      ...['export.requested', 'export.started', 'export.completed', 'export.expired'],
    ]);
  });
});
