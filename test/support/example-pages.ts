import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(__dirname, '../../examples/export-button/serve.mjs');

/** The examples of `<export-button>`, served as a developer serves them. */
export class ExamplePages {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param environment see the head of the program */
  static async serve(environment: Record<string, string>): Promise<ExamplePages> {
    const env = { PATH: process.env['PATH'], PORT: '0', ...environment };
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      return new ExamplePages(new URL(line).origin, child);
    }
    throw new Error('The examples are not served');
  }

  close(): void {
    this.child.kill();
  }
}
