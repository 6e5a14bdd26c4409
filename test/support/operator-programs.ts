import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProgramRun, projectRoot, runBuilt, runProgram } from './program';

/** Runs `npm run customer` as it was built, with the database in its environment and nothing else. */
export function manageCustomers(databaseUrl: string | undefined, ...args: string[]): Promise<ProgramRun> {
  return runBuilt('manage-customers', args, { DATABASE_URL: databaseUrl });
}

/** Runs `npm run schedules` in the same way. */
export function manageSchedules(databaseUrl: string | undefined, ...args: string[]): Promise<ProgramRun> {
  return runBuilt('manage-schedules', args, { DATABASE_URL: databaseUrl });
}

/** Runs `npm run <script>` where there is what an image has: package.json, dist and what they need. */
export async function runInImage(script: string, databaseUrl: string, ...args: string[]): Promise<ProgramRun> {
  const folder = await mkdtemp(join(tmpdir(), 'export-image-'));
  try {
    await cp(join(projectRoot, 'package.json'), join(folder, 'package.json'));
    for (const part of ['dist', 'node_modules']) await symlink(join(projectRoot, part), join(folder, part));
    const command = ['run', '--silent', script, '--', ...args];
    return await runProgram('npm', command, { DATABASE_URL: databaseUrl }, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
