import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { projectRoot } from './program';

const run = promisify(execFile);

/** What the consumer prints. */
export interface ConsumerResult {
  readonly id?: string;
  readonly saved?: { readonly path: string; readonly size: number; readonly resumedFrom: number };
  readonly statuses?: readonly string[];
  readonly retries?: readonly string[];
  readonly estimate?: { readonly unit: string; readonly samples: readonly { readonly columns: readonly string[] }[] };
  readonly preview?: { readonly columns: readonly string[]; readonly rows: readonly unknown[] };
  readonly error?: {
    readonly name: string;
    readonly code: string;
    readonly retryAfterSeconds?: number;
    readonly text: string;
  };
  readonly exitCode?: number;
}

/** A project outside the checkout, in which the packed client is installed: its dependencies are links to ours. */
export class PackedClient {
  private constructor(readonly folder: string) {}

  static async install(): Promise<PackedClient> {
    const folder = await mkdtemp(join(tmpdir(), 'sdk-consumer-'));
    await run(process.execPath, [join(projectRoot, 'dev/packed-client.mjs'), folder]);
    // `npm run check` compiles it with types.
    await build({ entryPoints: [join(folder, 'program.ts')], outdir: folder, format: 'esm' });
    return new PackedClient(folder);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** The files of the package. */
  async files(): Promise<string[]> {
    const installed = join(this.folder, 'node_modules/@export-service/client');
    const entries = await readdir(installed, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
  }

  /** Runs the compiled consumer in a process of its own. */
  async run(settings: object): Promise<ConsumerResult> {
    const args = [join(this.folder, 'program.js'), JSON.stringify(settings)];
    const { stdout, stderr, exitCode } = await this.execute(process.execPath, args);
    if (stderr !== '') throw new Error(stderr);
    return stdout === '' ? { exitCode } : (JSON.parse(stdout) as ConsumerResult);
  }

  private execute(program: string, args: string[]): Promise<{ stdout: string; stderr: string; exitCode: number }> {
    return new Promise((resolve) => {
      const child = execFile(program, args, (_, stdout, stderr) => {
        resolve({ stdout, stderr, exitCode: child.exitCode ?? 1 });
      });
    });
  }
}
