import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './service';

const projectRoot = join(__dirname, '../..');
const run = promisify(execFile);

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
    // Root runs PostgreSQL as another user, who would have to keep its files elsewhere.
    await chmod(folder, 0o755);
    const server = new PostgresServer(join(folder, 'server'), await freePort());
    const template = process.env['TEST_TEMPLATE_SERVER'];
    const isCopy = template !== undefined && existsSync(template);
    if (isCopy) await copyFolder(template, server.folder);
    await server.start();
    if (!isCopy) await server.migrate(template);
    return server;
  }

  /** @param template the folder that is to become a copy of the migrated server: making one takes two seconds of CPU time */
  private async migrate(template: string | undefined): Promise<void> {
    await run(process.execPath, [join(projectRoot, 'dist/migrate.js')], {
      env: { PATH: process.env['PATH'], DATABASE_URL: this.url },
    });
    if (!template) return;
    await this.stop();
    const unfinished = `${template}-${process.pid}`;
    await copyFolder(this.folder, unfinished);
    // Another worker may have made one meanwhile.
    await rename(unfinished, template).catch(() => rm(unfinished, { recursive: true }));
    await this.start();
  }

  /**
   * Makes a standby: a server that replays the changes of this one. This one restarts. Removed together with it.
   * @param settings that only the standby has
   */
  async standby(settings: Readonly<Record<string, string>>): Promise<PostgresServer> {
    const standby = new PostgresServer(`${this.folder}-standby`, await freePort());
    await this.stop();
    await copyFolder(this.folder, standby.folder);
    const { hostname, port, username, password } = new URL(this.url);
    const primary = `host=${hostname} port=${port} user=${username} password=${password}`;
    const lines = Object.entries({ primary_conninfo: primary, ...settings }).map(
      ([name, value]) => `${name} = '${value}'\n`,
    );
    await appendFile(join(standby.folder, 'data/postgresql.auto.conf'), lines.join(''));
    await writeFile(join(standby.folder, 'data/standby.signal'), '');
    await this.start();
    await standby.start();
    return standby;
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

async function copyFolder(from: string, to: string): Promise<void> {
  // Keeps the owner of the files.
  await run('cp', ['-a', from, to]);
}
