import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ReaderProcess } from './reader-process';

const READER = join(__dirname, 'read-parquet.child.mjs');

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
    // A file that cannot be read ends it.
    if (!reader || reader.hasEnded) reader = new ReaderProcess(process.execPath, [READER]);
    return await reader.ask(`${path}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

let reader: ReaderProcess<ParquetReport> | undefined;
afterAll(() => reader?.close());

/** Runs statements with DuckDB. @returns the rows of each @param folder in which file names are found */
export async function runDuckDb(folder: string, statements: readonly string[]): Promise<unknown[][][]> {
  const program = join(__dirname, 'run-duckdb.child.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...statements], { cwd: folder });
  return JSON.parse(stdout) as unknown[][][];
}
