import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { COMPILED_CODE } from './service';

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const projectRoot = join(__dirname, '../..');

/** Runs a program to its end, with these variables in its environment and nothing else. */
export function runProgram(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>> = {},
  cwd = projectRoot,
): Promise<ProgramRun> {
  const env = { PATH: process.env['PATH'], ...variables };
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

/** Runs a program of the operator as it was built: `migrate`, `manage-audit`, … */
export function runBuilt(
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Promise<ProgramRun> {
  return runProgram(
    process.execPath,
    ['--require', COMPILED_CODE, join(projectRoot, `dist/${name}.js`), ...args],
    variables,
  );
}
