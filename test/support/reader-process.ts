import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

interface Settle {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A program that answers each request on its input with a line of JSON: to start it for each takes longer than all the rest. */
export class ReaderProcess<Result> {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Settle[] = [];
  #complaints = '';

  constructor(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(program, args, { env: { ...process.env, ...environment } });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#complaints += chunk.toString()));
    this.#child.once('close', (code) => {
      const error = new Error(`${program} ended with ${code}: ${this.#complaints}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line));
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null;
  }

  /** @throws with what the program complains of */
  ask(...request: readonly (string | Uint8Array)[]): Promise<Result> {
    if (this.hasEnded) throw new Error(`The program has ended: ${this.#complaints}`);
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ resolve: resolve as Settle['resolve'], reject });
      for (const piece of request) this.#child.stdin.write(piece);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }
}
