import { ReaderProcess } from './reader-process';

/** One Python program that reads many inputs. Its `read(data)` gets the bytes, and what it returns must be JSON. */
export class PythonReader<Result> {
  readonly #process: ReaderProcess<Result>;

  constructor(program: string, interpreter = 'python3') {
    this.#process = new ReaderProcess(interpreter, ['-c', program + LOOP], { PYTHONUTF8: '1' });
  }

  /** @throws with what the program complains of */
  read(data: Uint8Array): Promise<Result> {
    return this.#process.ask(`${data.byteLength}\n`, data);
  }

  close(): void {
    this.#process.close();
  }
}

const LOOP = `
import json, sys
for length in iter(sys.stdin.buffer.readline, b''):
    print(json.dumps(read(sys.stdin.buffer.read(int(length)))), flush=True)
`;
