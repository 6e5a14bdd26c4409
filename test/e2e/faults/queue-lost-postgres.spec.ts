import { noteBoard } from '../../support/boards';
import { expectExactlyOneFile } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { endPauses } from '../../support/pauses';

/** The queue on PostgreSQL loses its jobs; the records are the truth, and the sweep brings them back. */
describe('When the jobs in PostgreSQL are lost', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk', REDIS_URL: '' });
  });

  afterAll(() => installation.remove());

  it('pending exports are completed nevertheless', async () => {
    const ann = await installation.asUser('ann', { at: await installation.startApplication({ ROLE: 'api' }) });
    const session = await ann.saveBoard(noteBoard());
    const waiting = [await ann.requestExport(session, 'png'), await ann.requestExport(session, 'pdf')];
    const tables = await installation.sql<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname = 'bullmq' AND tablename LIKE '%job%'`,
    );

    await installation.sql(`TRUNCATE ${tables.map(({ name }) => name).join(', ')} CASCADE`);
    await installation.start({ ROLE: 'worker' });
    await endPauses(installation);

    for (const { id } of waiting) {
      await expectExactlyOneFile(installation, ann, id);
      expect(await installation.history(id)).toEqual(['export.requested', 'export.started', 'export.completed']);
    }
  });
});
