import { randomUUID } from 'node:crypto';
import { createExport } from '../../src/export/model/domain/export-request';
import type { Manifest, SealedManifest } from '../../src/production/model/domain/manifest/manifest';
import { ANN, exportRequest, finishedFile } from '../support/export-requests';
import type { CreateRecords, RecordsUnderTest } from '../support/records-under-test';

/** What every repository of manifests has to keep. */
export function describeManifestRepository(name: string, create: CreateRecords): void {
  describe(name, () => {
    let records: RecordsUnderTest;

    beforeAll(async () => {
      records = await create();
    });
    beforeEach(() => records.clear());
    afterAll(() => records.end());

    async function begin(traits: Parameters<typeof exportRequest>[0] = {}) {
      const { id } = (await createExport(records.exports, exportRequest(traits))).export;
      const attempt = (await records.claim(id))!;
      const finish = (sha256 = 'ab'.repeat(32)) => records.attempts.finish(attempt, finishedFile(id, { sha256 }));
      return { id, attempt, finish };
    }

    it('has the manifest of a file since it was published', async () => {
      const { id, finish } = await begin();
      const before = await records.manifests.find(id);

      await finish('cd'.repeat(32));

      expect(before).toBeNull();
      const manifest = manifestOf(await records.manifests.find(id));
      expect(manifest).toMatchObject({ export: { id }, files: [{ sha256: 'cd'.repeat(32) }], schedule: null });
    });

    it('has none of an attempt that lost its lease', async () => {
      const { id, attempt, finish } = await begin();
      await records.attempts.handBack(attempt, false);

      await finish();

      expect(await records.manifests.find(id)).toBeNull();
    });

    it('keeps the manifest when the file was deleted', async () => {
      const { id, finish } = await begin();
      await finish();
      const before = await records.manifests.find(id);

      await records.exports.expire(id, ANN);

      expect(await records.manifests.find(id)).toEqual(before);
    });

    it('has the manifest of the picture that replaces a file', async () => {
      const { id, finish } = await begin({ kind: 'board', format: 'png' });
      await finish();

      await records.pictures.replaceFile(id, finishedFile(id, { sha256: 'ef'.repeat(32) }), ANN);

      const manifest = manifestOf(await records.manifests.find(id));
      expect(manifest.files).toMatchObject([{ sha256: 'ef'.repeat(32) }]);
    });

    it('chains the completed runs of a schedule', async () => {
      const scheduleId = randomUUID();
      const hashes: (string | null)[] = [];
      for (const run of [1, 2, 3]) {
        const { id, finish } = await begin({ scheduleId });
        await finish(`${run}`.repeat(64));
        const sealed = await records.manifests.find(id);
        expect(manifestOf(sealed).schedule).toMatchObject({
          id: scheduleId,
          previous_manifest_sha256: hashes.at(-1) ?? null,
        });
        hashes.push(sealed?.sha256 ?? null);
      }
      const other = await begin({ scheduleId: randomUUID() });

      await other.finish();

      expect(manifestOf(await records.manifests.find(other.id)).schedule?.previous_manifest_sha256).toBeNull();
    });

    it('chains runs that complete at once, without a branch', async () => {
      const scheduleId = randomUUID();
      const runs = [await begin({ scheduleId }), await begin({ scheduleId }), await begin({ scheduleId })];

      await Promise.all(runs.map(({ finish }) => finish()));

      const sealed = await Promise.all(runs.map(({ id }) => records.manifests.find(id)));
      const links = sealed.map((one) => manifestOf(one).schedule?.previous_manifest_sha256);
      const own = sealed.map((one) => one?.sha256);
      expect(new Set(links).size).toBe(3);
      expect(links).toContain(null);
      for (const link of links) expect([null, ...own]).toContain(link);
    });
  });
}

function manifestOf(sealed: SealedManifest | null): Manifest {
  if (!sealed) throw new Error('There is no manifest');
  return (JSON.parse(sealed.text) as { manifest: Manifest }).manifest;
}
