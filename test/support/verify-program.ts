import { join } from 'node:path';
import { type ProgramRun, projectRoot, runProgram } from './program';

const PROGRAM = join(projectRoot, 'sdk/dist/cli/main.js');

/** What the command prints as JSON, as far as tests read it. */
export interface VerifyReport {
  readonly verdict: string;
  readonly findings: readonly { readonly code: string; readonly file: string; readonly text: string }[];
  readonly exports: readonly {
    readonly id: string;
    readonly manifest: string;
    readonly signedBy: string | null;
    readonly asOf: string | null;
    readonly files: readonly { readonly rows: number | null; readonly countedRows: number | null }[];
  }[];
}

/** Runs the built `export-service verify` in a folder, which is also its home. */
export function runVerify(
  folder: string,
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>> = {},
): Promise<ProgramRun> {
  return runProgram(process.execPath, [PROGRAM, 'verify', ...args], { HOME: folder, LANG: 'C', ...variables }, folder);
}

export function readReport({ stdout }: ProgramRun): VerifyReport {
  return JSON.parse(stdout) as VerifyReport;
}
