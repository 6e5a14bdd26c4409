import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

type Rows = readonly (readonly (string | null)[])[];

/** What readers that are not ours say of a Parquet file. */
export interface ParquetReport {
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly converted?: string;
    readonly logical?: string;
    readonly precision?: number;
    readonly scale?: number;
  }[];
  /** The rows of each row group. */
  readonly rowGroups: readonly number[];
  readonly codecs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Each value as PostgreSQL writes it; a float as JavaScript does. */
  readonly hyparquet: Rows;
  readonly duckdb: Rows;
}

/** Reads a file with hyparquet and with DuckDB. */
export async function readParquet(bytes: Uint8Array): Promise<ParquetReport> {
  const folder = await mkdtemp(join(tmpdir(), 'parquet-'));
  try {
    const path = join(folder, 'file.parquet');
    await writeFile(path, bytes);
    reader ??= new Reader();
    return await reader.read(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One process that reads many files, one after the other: to start one for each takes longer than to read them. */
class Reader {
  readonly #child = spawn(process.execPath, [join(__dirname, 'read-parquet.child.mjs')]);
  readonly #waiting: { resolve: (report: ParquetReport) => void; reject: (error: Error) => void }[] = [];
  #complaints = '';

  constructor() {
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#complaints += chunk.toString()));
    this.#child.once('close', (code) => {
      reader = undefined;
      const error = new Error(`The reader of Parquet ended with ${code}: ${this.#complaints}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as ParquetReport);
    });
  }

  /** @throws with what the reader complains of */
  read(path: string): Promise<ParquetReport> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${path}\n`);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }
}

let reader: Reader | undefined;
afterAll(() => reader?.close());

/** Runs statements with DuckDB. @returns the rows of each @param folder in which file names are found */
export async function runDuckDb(folder: string, statements: readonly string[]): Promise<unknown[][][]> {
  const program = join(__dirname, 'run-duckdb.child.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...statements], { cwd: folder });
  return JSON.parse(stdout) as unknown[][][];
}
