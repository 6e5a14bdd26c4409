import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const projectRoot = join(__dirname, '../..');

/** Runs `npm run customer` as it was built, with the database in its environment and nothing else. */
export function manageCustomers(databaseUrl: string | undefined, ...args: string[]): Promise<ProgramRun> {
  return runBuilt('manage-customers', databaseUrl, args);
}

/** Runs `npm run schedules` in the same way. */
export function manageSchedules(databaseUrl: string | undefined, ...args: string[]): Promise<ProgramRun> {
  return runBuilt('manage-schedules', databaseUrl, args);
}

/** Runs `npm run <script>` where there is what an image has: package.json, dist and what they need. */
export async function runInImage(script: string, databaseUrl: string, ...args: string[]): Promise<ProgramRun> {
  const folder = await mkdtemp(join(tmpdir(), 'export-image-'));
  try {
    await cp(join(projectRoot, 'package.json'), join(folder, 'package.json'));
    for (const part of ['dist', 'node_modules']) await symlink(join(projectRoot, part), join(folder, part));
    return await run('npm', ['run', '--silent', script, '--', ...args], folder, databaseUrl);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runBuilt(program: string, databaseUrl: string | undefined, args: string[]): Promise<ProgramRun> {
  return run(process.execPath, [join(projectRoot, `dist/${program}.js`), ...args], projectRoot, databaseUrl);
}

function run(program: string, args: string[], cwd: string, databaseUrl: string | undefined): Promise<ProgramRun> {
  const env = { PATH: process.env['PATH'], ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (part) => (output.stdout += String(part)));
    child.stderr.on('data', (part) => (output.stderr += String(part)));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, ...output });
    });
  });
}
