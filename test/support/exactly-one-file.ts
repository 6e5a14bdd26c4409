import { isDeepStrictEqual } from 'node:util';
import { type Client, type ExportRecord, follow, sha256 } from './client';
import type { Installation } from './installation';
import { until } from './until';

/** The bound that product and tests agree on: whatever happened to a worker, the file is there a minute later. */
const WITHIN_MS = 60_000;

// A test that waits so long does other things too.
jest.setTimeout(2 * WITHIN_MS);

/** What the audit log tells of an export whose first worker was lost. */
export const TAKEN_OVER = [
  'export.requested',
  'export.started',
  'export.attempt-lost',
  'export.started',
  'export.completed',
];

/**
 * Waits for the export's end and sees to it that the user got exactly one file, published once, and that nothing else of
 * the export lies in storage.
 */
export async function expectExactlyOneFile(
  installation: Installation,
  owner: Client,
  id: string,
): Promise<ExportRecord> {
  const done = await owner.finished(id, { within: WITHIN_MS });
  expect(done).toMatchObject({ status: 'completed', error: null });
  const file = await follow(done.file_url);
  expect({ status: file.status, size: file.bytes.length, sha256: sha256(file.bytes) }).toEqual({
    status: 200,
    size: done.file_size,
    sha256: done.sha256,
  });
  const history = await installation.history(id);
  expect(history.filter((step) => step === 'export.completed')).toHaveLength(1);
  const [{ storage_key: key } = { storage_key: '' }] = await installation.sql<{ storage_key: string }>(
    'SELECT storage_key FROM exports WHERE id = $1',
    id,
  );
  await expectStored(installation, id, [key]);
  return done;
}

/** Expects that an export leaves these files and nothing else. Cleaning up waits for a disk that others write to. */
export async function expectStored(installation: Installation, id: string, expected: readonly string[]): Promise<void> {
  let stored: readonly string[] = [];
  const isCleared = async () => {
    stored = (await installation.storedFiles()).filter((file) => file.includes(id));
    return isDeepStrictEqual(stored, expected);
  };
  await until('storage is cleared up', isCleared).catch(() => {
    const lines = installation.logOf(id).map((line) => JSON.stringify(line));
    throw new Error([`Stored are ${JSON.stringify(stored)}, not ${JSON.stringify(expected)}`, ...lines].join('\n'));
  });
}
