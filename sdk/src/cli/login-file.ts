import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandError, ExitCode } from './errors.js';

/** The service and the token that `login` stored. */
export interface Login {
  readonly api: string;
  readonly token: string;
}

/** The permissions of group and others. */
const OTHERS = 0o077;

export class LoginFile {
  constructor(readonly path: string) {}

  /** `export-service/login.json` below the folder of configuration of the user. */
  static of({ XDG_CONFIG_HOME }: NodeJS.ProcessEnv): LoginFile {
    return new LoginFile(join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'export-service', 'login.json'));
  }

  /** @throws CommandError where other users may read or change the file */
  async read(): Promise<Login | undefined> {
    try {
      const { mode } = await stat(this.path);
      // Windows has no such permissions: the folder of the user is protected.
      if (process.platform !== 'win32' && (mode & OTHERS) !== 0) throw unsafe(this.path, mode);
      return parse(await readFile(this.path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(login: Login): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const temporary = `${this.path}.${process.pid}`;
    await writeFile(temporary, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
    // The mode of a file that an interrupted login left.
    await chmod(temporary, 0o600);
    await rename(temporary, this.path);
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

/** A file that is no login counts as none: the next login replaces it. */
function parse(text: string): Login | undefined {
  try {
    const { api, token } = JSON.parse(text) as Partial<Login>;
    return typeof api === 'string' && typeof token === 'string' ? { api, token } : undefined;
  } catch {
    return undefined;
  }
}

function unsafe(path: string, mode: number): CommandError {
  const octal = (mode & 0o777).toString(8);
  const text = `Other users can use the login file ${path}: its mode is ${octal}. Run \`chmod 600 ${path}\`, and replace the token if others may have read it.`;
  return new CommandError(text, ExitCode.Unauthorized);
}
