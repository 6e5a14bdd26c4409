import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sdk = join(__dirname, '../../sdk');

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
    const client = new PackedClient(folder);
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: sdk });
    const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    const installed = join(folder, 'node_modules/@export-service/client');
    await mkdir(installed, { recursive: true });
    await run('tar', ['-xzf', join(folder, tarball!), '--strip-components=1', '-C', installed]);
    const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const name of [...Object.keys(dependencies), '@types/node']) await client.link(name);
    await cp(join(sdk, 'test/consumer'), folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    return client;
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

  /** Compiles the consumer with its strict settings. @returns what the compiler prints: nothing if all is well */
  async compile(...args: string[]): Promise<string> {
    const { stdout } = await this.execute(join(sdk, 'node_modules/.bin/tsc'), ['-p', this.folder, ...args]);
    return stdout;
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

  private async link(name: string): Promise<void> {
    const require = createRequire(join(sdk, 'package.json'));
    const [found] = (require.resolve.paths(name) ?? []).map((folder) => join(folder, name)).filter(existsSync);
    const link = join(this.folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(found!, link);
  }
}
