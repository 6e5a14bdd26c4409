import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './service';

const projectRoot = join(__dirname, '../..');

/** A PostgreSQL server of one's own, which a test may stop and start again; its data stay. */
export class PostgresServer {
  #child: ChildProcess | undefined;
  #url = '';

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** @returns a server whose database has our tables */
  static async migrated(): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'export-postgres-'));
    const server = new PostgresServer(join(folder, 'server'), await freePort());
    await server.start();
    await promisify(execFile)(process.execPath, [join(projectRoot, 'dist/migrate.js')], {
      env: { PATH: process.env['PATH'], DATABASE_URL: server.url },
    });
    return server;
  }

  get url(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    const script = join(__dirname, 'postgres-server.child.mjs');
    this.#child = spawn(process.execPath, [script, this.folder, String(this.port)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [output] = (await once(this.#child.stdout!, 'data')) as [Buffer];
    this.#url = output.toString().trim();
  }

  async stop(): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin!.end();
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(join(this.folder, '..'), { recursive: true, force: true });
  }
}
