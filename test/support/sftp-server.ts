import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { childrenOf } from './child-processes';
import { describeWhere } from './describe-where';
import { freePort } from './service';
import { until } from './until';

const SSHD = '/usr/sbin/sshd';
/** The default privilege separation folder of Debian's sshd, which its service would create. */
const RUN_FOLDER = '/run/sshd';

/** `describe` where there is an OpenSSH server. */
export function describeOnSftp(name: string, tests: () => void): void {
  describeWhere(existsSync(SSHD) ? null : `there is no ${SSHD} (Debian package openssh-server)`, name, tests);
}

type HostKeyType = 'ed25519' | 'rsa';

/** An OpenSSH server of the tests' own user on the loopback interface, with a folder for uploads. */
export class SftpServer {
  readonly username = userInfo().username;
  private process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    readonly privateKey: string,
  ) {}

  static async start(): Promise<SftpServer> {
    const folder = await mkdtemp(join(tmpdir(), 'sftp-'));
    await mkdir(join(folder, 'inbox'));
    generateKey(join(folder, 'user'), 'ed25519');
    const server = new SftpServer(folder, await freePort(), await readFile(join(folder, 'user'), 'utf8'));
    for (const type of ['ed25519', 'rsa'] as const) generateKey(server.keyFile(type), type);
    await server.run();
    return server;
  }

  /** As OUTBOUND_ALLOWED_HOSTS names it. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get uri(): string {
    return `sftp://${this.host}${this.folder}/inbox/`;
  }

  /** The fingerprint of a host key. */
  hostKey(type: HostKeyType = 'ed25519'): string {
    return execFileSync('ssh-keygen', ['-lf', `${this.keyFile(type)}.pub`])
      .toString()
      .split(' ')[1]!;
  }

  /** @param options lines of sshd_config that differ from the usual ones */
  async run(...options: string[]): Promise<void> {
    if (userInfo().uid === 0) await mkdir(RUN_FOLDER, { recursive: true });
    const config = [
      ...options,
      'ListenAddress 127.0.0.1',
      `Port ${this.port}`,
      `HostKey ${this.keyFile('ed25519')}`,
      `HostKey ${this.keyFile('rsa')}`,
      `AuthorizedKeysFile ${join(this.folder, 'user.pub')}`,
      'PermitRootLogin yes',
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'MaxStartups 100',
      'Subsystem sftp internal-sftp',
    ];
    const file = join(this.folder, 'sshd_config');
    await writeFile(file, `${config.join('\n')}\n`);
    this.process = spawn(SSHD, ['-D', '-e', '-f', file], { stdio: 'ignore' });
    await until('sshd listens', () => this.isListening());
  }

  /** Ends the server and all its sessions. */
  async stop(): Promise<void> {
    const { process: server } = this;
    this.process = undefined;
    if (server?.pid === undefined || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    for (const pid of descendantsOf(server.pid)) kill(pid);
    kill(server.pid);
    await ended;
  }

  async restart(...options: string[]): Promise<void> {
    await this.stop();
    await this.run(...options);
  }

  /** Has the server present other host keys from now on. */
  async replaceHostKeys(): Promise<void> {
    for (const type of ['ed25519', 'rsa'] as const) {
      await rm(this.keyFile(type));
      await rm(`${this.keyFile(type)}.pub`);
      generateKey(this.keyFile(type), type);
    }
    await this.restart();
  }

  /** The names of all uploaded files, the hidden ones too. */
  async names(): Promise<string[]> {
    return (await readdir(join(this.folder, 'inbox'))).sort();
  }

  read(name: string): Promise<Buffer> {
    return readFile(join(this.folder, 'inbox', name));
  }

  write(name: string, content: string): Promise<void> {
    return writeFile(join(this.folder, 'inbox', name), content);
  }

  delete(name: string): Promise<void> {
    return rm(join(this.folder, 'inbox', name));
  }

  async clear(): Promise<void> {
    for (const name of await this.names()) await rm(join(this.folder, 'inbox', name), { recursive: true });
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private keyFile(type: HostKeyType): string {
    return join(this.folder, `host_${type}`);
  }

  private isListening(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('error', () => {
        resolve(false);
      });
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
    });
  }
}

function generateKey(file: string, type: HostKeyType): void {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
}

/** sshd gives each session a process group of its own. */
function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
