import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { type Client, follow, sha256 } from '../support/client';
import { addTableType, requestTables } from '../support/data';
import { zipEntries } from '../support/files';
import { Installation } from '../support/installation';
import { until } from '../support/until';

const WRITERS = 4;
const PAIRS = 150_000;
const TABLES = ['debits', 'credits', 'totals'];

/** The rows of one CSV whose cells need no quotes. */
interface Table {
  readonly rows: readonly string[][];
  readonly manifest: { readonly rows: number; readonly bytes: number; readonly sha256: string };
}

/**
 * Each entry stands in `debits` and in `credits`, and the two amounts are a hundred together; `totals` says how many there
 * are. Every transaction keeps that, and no two moments look alike.
 */
describe('An export of tables during concurrent writes', () => {
  let installation: Installation;
  let admin: Client;
  let ann: Client;
  let writers: Writers;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    const owner = randomUUID();
    admin = await installation.asUser('root', { roles: ['admin'] });
    ann = await installation.asUser(owner);
    for (const table of TABLES) {
      await installation.sql(
        `CREATE TABLE ${table} (id bigint PRIMARY KEY, amount bigint, user_id uuid DEFAULT '${owner}', note text DEFAULT repeat('x', 100))`,
      );
      await addTableType(installation, table);
    }
    await installation.sql(`INSERT INTO debits (id, amount) SELECT n, n % 100 FROM generate_series(0, ${PAIRS - 1}) n`);
    await installation.sql(
      `INSERT INTO credits (id, amount) SELECT n, 100 - n % 100 FROM generate_series(0, ${PAIRS - 1}) n`,
    );
    await installation.sql(
      `INSERT INTO totals (id, amount) SELECT n, ${PAIRS / WRITERS} FROM generate_series(0, ${WRITERS - 1}) n`,
    );
    writers = new Writers(installation.database.url);
    await until('everybody writes', () => writers.commits > WRITERS * 10);
  });

  afterAll(async () => {
    await writers.stop();
    await installation.remove();
  });

  it.each<[string, () => Promise<{ id: string; bytes: Buffer }>]>([
    ['as a file', () => aFile()],
    ['as a stream', () => aStream()],
  ])('is consistent, %s', async (_, take) => {
    const commitsBefore = writers.commits;

    const { id, bytes } = await take();
    const commits = writers.commits - commitsBefore;
    const record = await (await ownerOf(id)).status(id);
    const tables = tablesOf(bytes);

    expect(commits).toBeGreaterThan(200);
    expect(record).toMatchObject({ status: 'completed', error: null, sha256: sha256(bytes) });
    expect(record.record_count).toBe(TABLES.reduce((sum, name) => sum + tables.get(name)!.rows.length, 0));
    for (const { rows, manifest } of tables.values()) expect(rows).toHaveLength(manifest.rows);
    expectBalance(tables);
  });

  async function aFile(): Promise<{ id: string; bytes: Buffer }> {
    const id = await requestTables(admin, { tables: TABLES });
    const { file_url: link } = await admin.finished(id);
    return { id, bytes: (await follow(link)).bytes };
  }

  async function aStream(): Promise<{ id: string; bytes: Buffer }> {
    const response = await ann.post('/api/v1/exports', { type: 'realtime', format: 'csv', data_types: TABLES });
    return { id: response.headers.get('location')!.split('/').at(-2)!, bytes: response.bytes };
  }

  async function ownerOf(id: string): Promise<Client> {
    return (await admin.get(`/api/v1/exports/${id}`)).status === 200 ? admin : ann;
  }
});

function expectBalance(tables: ReadonlyMap<string, Table>): void {
  const [debits, credits, totals] = TABLES.map(
    (name) => new Map(tables.get(name)!.rows.map(([id, amount]) => [id, Number(amount)])),
  );
  expect(debits!.size).toBe(tables.get('debits')!.rows.length);
  expect(credits!.size).toBe(debits!.size);
  const unbalanced = [...debits!].filter(([id, amount]) => amount + credits!.get(id)! !== 100);
  expect(unbalanced).toEqual([]);
  expect([...totals!.values()].reduce((sum, total) => sum + total, 0)).toBe(debits!.size);
}

function tablesOf(archive: Buffer): Map<string, Table> {
  const files = new Map(zipEntries(archive).map(({ name, bytes }) => [name, bytes]));
  const manifest = JSON.parse(files.get('manifest.json')!.toString()) as {
    files: ({ name: string; table: string } & Table['manifest'])[];
  };
  return new Map(
    manifest.files.map((entry) => {
      const bytes = files.get(entry.name)!;
      expect({ bytes: bytes.length, sha256: sha256(bytes) }).toEqual({ bytes: entry.bytes, sha256: entry.sha256 });
      const [head, ...lines] = bytes.toString().trimEnd().split('\n');
      expect(head).toBe('id,amount,user_id,note');
      return [entry.table, { rows: lines.map((line) => line.split(',')), manifest: entry }];
    }),
  );
}

/** People at work: each moves amounts, makes entries and deletes them, among those whose number is theirs. */
class Writers {
  commits = 0;
  private isOver = false;
  private readonly pool: Pool;
  private readonly done: Promise<unknown>;

  constructor(connectionString: string) {
    this.pool = new Pool({ connectionString, max: WRITERS });
    this.done = Promise.all(Array.from({ length: WRITERS }, (_, writer) => this.write(writer)));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.done;
    await this.pool.end();
  }

  private async write(writer: number): Promise<void> {
    let [oldest, next] = [writer, PAIRS + writer];
    for (let turn = 0; !this.isOver; turn += 1) {
      const moved = oldest + WRITERS * ((turn * 7_919) % (PAIRS / WRITERS - 1));
      const steps = [
        `UPDATE debits SET amount = amount - 7 WHERE id = ${moved}; UPDATE credits SET amount = amount + 7 WHERE id = ${moved}`,
        `INSERT INTO debits (id, amount) VALUES (${next}, 30); INSERT INTO credits (id, amount) VALUES (${next}, 70);
         UPDATE totals SET amount = amount + 1 WHERE id = ${writer}`,
        `DELETE FROM credits WHERE id = ${oldest}; DELETE FROM debits WHERE id = ${oldest};
         UPDATE totals SET amount = amount - 1 WHERE id = ${writer}`,
      ];
      await this.pool.query(`BEGIN; ${steps[turn % 3]}; COMMIT`);
      if (turn % 3 === 1) next += WRITERS;
      if (turn % 3 === 2) oldest += WRITERS;
      this.commits += 1;
    }
  }
}
