import { parseArgs } from 'node:util';
import { errorMessage } from '../async';

/** The command line is invalid. The message says what is valid. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(problem: string, usage: string) {
    super(`${problem}\n\n${usage}`);
  }
}

export const JSON_OPTION = { type: 'boolean', default: false } as const;

/** Parses the arguments of an operator's program. Errors include the usage. */
export class CommandLine {
  constructor(private readonly usage: string) {}

  /** @returns the usage text if the arguments ask for help, else `null` */
  usageFor(args: readonly string[]): string | null {
    const isAsked = args[0] === 'help' || args.some((arg) => arg === '--help' || arg === '-h');
    return isAsked ? `${this.usage}\n` : null;
  }

  error(problem: string): UsageError {
    return new UsageError(problem, this.usage);
  }

  /** @throws UsageError */
  unknown(command: string | undefined): never {
    if (command === undefined) throw this.error('Say what to do.');
    throw this.error(`There is no command ${JSON.stringify(command)}.`);
  }

  /** @throws UsageError */
  read<const Options extends Record<string, { type: 'boolean' | 'string'; default?: boolean | string }>>(
    args: readonly string[],
    options: Options,
  ) {
    try {
      return parseArgs({ args: [...args], options, allowPositionals: true });
    } catch (error) {
      throw this.error(errorMessage(error));
    }
  }

  /**
   * @param of the kind of the id
   * @throws UsageError unless there is exactly one
   */
  onlyId(command: string, of: string, [id, ...more]: readonly string[]): string {
    if (id === undefined) throw this.error(`${command} needs the id of a ${of}.`);
    this.refuseMore(more);
    return id;
  }

  /** @throws UsageError */
  refuseMore([unexpected]: readonly string[]): void {
    if (unexpected !== undefined) throw this.error(`${JSON.stringify(unexpected)} was not expected.`);
  }
}
