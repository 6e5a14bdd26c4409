import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, follow } from './client';
import type { Installation } from './installation';

/** One of the files of an export, as the API lists it. */
export interface ListedPart {
  readonly number: number;
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly file_url: string;
}

export async function listParts(owner: Client, id: string): Promise<ListedPart[]> {
  const { status, body, text } = await owner.get(`/api/v1/exports/${id}/parts`);
  if (status !== 200) throw new Error(`The files were not listed: ${text}`);
  return (body as { results: ListedPart[] }).results;
}

/** Downloads the files of an export by their links. */
export async function downloadParts(owner: Client, id: string): Promise<Buffer[]> {
  const files: Buffer[] = [];
  for (const { file_url: link } of await listParts(owner, id)) files.push((await follow(link)).bytes);
  return files;
}

/**
 * Loads CSV files into a new table like another one, as any program would that knows nothing of this service.
 * @returns the rows that only one of both tables has, however often
 */
export async function findDifferences(
  installation: Installation,
  table: string,
  files: readonly Buffer[],
): Promise<object[]> {
  const folder = await mkdtemp(join(tmpdir(), 'parts-'));
  const loaded = `loaded_${randomUUID().slice(0, 8)}`;
  try {
    // The server runs as another user.
    await chmod(folder, 0o755);
    await installation.sql(`CREATE TABLE ${loaded} (LIKE ${table})`);
    for (const [index, file] of files.entries()) {
      const path = join(folder, `${index}.csv`);
      await writeFile(path, file);
      await installation.sql(`COPY ${loaded} FROM '${path}' WITH (FORMAT csv, HEADER true)`);
    }
    return await installation.sql(
      `SELECT 'missing' AS what, missing.* FROM (TABLE ${table} EXCEPT ALL TABLE ${loaded}) AS missing
       UNION ALL SELECT 'doubled', doubled.* FROM (TABLE ${loaded} EXCEPT ALL TABLE ${table}) AS doubled LIMIT 5`,
    );
  } finally {
    await installation.sql(`DROP TABLE IF EXISTS ${loaded}`);
    await rm(folder, { recursive: true });
  }
}
