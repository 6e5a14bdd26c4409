import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

type Settle = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

/**
 * One Python program that reads many inputs, one after the other: to start one for each takes longer than all the rest.
 * Its `read(data)` gets the bytes, and what it returns must be JSON.
 */
export class PythonReader<Result> {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Settle[] = [];
  #complaints = '';

  constructor(program: string, interpreter = 'python3') {
    this.#child = spawn(interpreter, ['-c', program + LOOP], { env: { ...process.env, PYTHONUTF8: '1' } });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#complaints += chunk.toString()));
    this.#child.once('close', (code) => {
      const error = new Error(`python3 ended with ${code}: ${this.#complaints}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line));
    });
  }

  /** @throws with what the program complains of */
  read(data: Uint8Array): Promise<Result> {
    if (this.#child.exitCode !== null) throw new Error(`python3 has ended: ${this.#complaints}`);
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ resolve: resolve as Settle['resolve'], reject });
      this.#child.stdin.write(`${data.byteLength}\n`);
      this.#child.stdin.write(data);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }
}

const LOOP = `
import json, sys
for length in iter(sys.stdin.buffer.readline, b''):
    print(json.dumps(read(sys.stdin.buffer.read(int(length)))), flush=True)
`;
