import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { noteBoard } from '../support/boards';
import { follow } from '../support/client';
import { addSlowView, requestRows } from '../support/data';
import { Installation } from '../support/installation';
import { total } from '../support/metrics';
import type { Service } from '../support/service';
import { until } from '../support/until';

const ANN = '00000000-0000-7000-8000-0000000000aa';
const GRACE_SECONDS = 1;

/** The sweep comes by every second, and everything is old after a second. */
describe('The collector of orphaned files, running continuously', () => {
  let installation: Installation;
  let service: Service;

  beforeAll(async () => {
    const environment = { STORAGE: 'disk', ORPHAN_GRACE_MINUTES: String(GRACE_SECONDS / 60) };
    ({ installation, service } = await Installation.withService(environment));
  });

  afterAll(() => installation.remove());

  const sweeps = () => total('sweeps_total{sweep="storage",outcome="completed"}', service);
  const uploads = () => total('sweep_removed_total{kind="upload"}', service);

  async function leaveOrphan(): Promise<string> {
    const key = `exports/${randomUUID()}/${randomUUID()}.csv`;
    const file = join(installation.storageFolder, key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'bytes');
    await utimes(file, 1, 1);
    return key;
  }

  it('leaves the file of a long export alone', async () => {
    const ann = await installation.asUser(ANN);
    // Its first bytes come late: until then its upload does not grow.
    await addSlowView(installation, 'slow_rows', { owner: ANN, rows: 6, during: 'copy', milliseconds: 1_000 });
    const before = await sweeps();

    const id = await requestRows(ann, 'slow_rows');
    const done = await ann.finished(id);

    expect((await sweeps()) - before).toBeGreaterThanOrEqual(3);
    expect(done).toMatchObject({ status: 'completed', record_count: 6 });
    expect((await follow(done.file_url)).bytes.length).toBe(done.file_size);
    expect(await installation.history(id)).toEqual(['export.requested', 'export.started', 'export.completed']);
    expect(await uploads()).toBe(0);
  });

  it('keeps uploaded pictures, and deletes those that they replaced', async () => {
    const ann = await installation.asUser(ANN);
    const session = await ann.saveBoard(noteBoard());
    const { id } = await ann.finished((await ann.requestExport(session, 'png')).id);
    const { bytes } = await ann.get(`/api/v1/exports/${id}/download`);
    for (let times = 0; times < 3; times += 1) {
      await ann.put(`/api/v1/exports/${id}/content`, bytes, { 'content-type': 'image/png' });
      await ann.post(`/api/v1/solo/sessions/${session}/thumbnail`);
    }
    const before = await sweeps();

    await until('it was swept', async () => (await sweeps()) > before + 2);

    expect((await ann.get(`/api/v1/exports/${id}/download`)).bytes).toEqual(bytes);
    expect((await ann.get(`/api/v1/solo/sessions/${session}/thumbnail`)).status).toBe(200);
    for (const folder of [`pictures/${id}`, `thumbnails/${session}`])
      expect(await readdir(join(installation.storageFolder, folder))).toHaveLength(1);
  });

  it('deletes and records each orphan once, also after its process died', async () => {
    const second = await installation.start({ ROLE: 'worker' });
    const entries = () => installation.sql(`SELECT id FROM export_audit_log WHERE action = 'storage.swept'`);
    const told = (await entries()).length;
    const first = await leaveOrphan();
    await until('it is gone', async () => !(await installation.storedFiles()).includes(first));
    await until('it is told', async () => (await entries()).length === told + 1);

    await service.kill('SIGKILL');
    const next = await leaveOrphan();

    await until('it is gone as well', async () => !(await installation.storedFiles()).includes(next));
    expect(second.isRunning).toBe(true);
    await until('it is told', async () => (await entries()).length === told + 2);
  });
});
