import { Pool } from 'pg';
import { LiveSchema } from '../../src/catalog/infrastructure/live-schema';
import { toSelectedColumn, SnapshotRelation } from '../../src/catalog/infrastructure/row-query';
import type { ExportOptions, FormatWriter, Relation, Relations, RenderedFile } from '../../src/formats';
import { Snapshot } from '../../src/platform/database/snapshot';
import { Sql, sql } from '../../src/platform/database/sql';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from './test-database';

/** A file that a writer produced, with its summary. */
export interface WrittenFile extends Pick<RenderedFile, 'extension' | 'contentType'>, ReturnType<typeof summaryOf> {
  readonly bytes: Buffer;
}

/** A database in which tests create tables and render them with writers. */
export class RenderingDatabase {
  private constructor(
    private readonly database: TestDatabase,
    readonly pool: Pool,
  ) {}

  /** @param encoding of a database in another encoding than UTF-8 */
  static async create(encoding?: string): Promise<RenderingDatabase> {
    const database = encoding === undefined ? await createTestDatabase() : await createEmptyDatabase(encoding);
    const pool = new Pool({ connectionString: database.url, max: 3 });
    // A connection that ends with its query, or with the database, is not an error.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    const rendering = new RenderingDatabase(database, pool);
    // The platform's tables could have the names of those that tests create.
    await rendering.sql('DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
    return rendering;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  async sql(...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.pool.query(statement);
  }

  /** Writes whole tables, in the order of their `id` where they have one. */
  async write(
    writer: Pick<FormatWriter<'relations'>, 'write'>,
    tables: readonly string[],
    options: ExportOptions = {},
    { timeZone = 'UTC', ...given }: { timeZone?: string } & ContentOptions = {},
  ): Promise<WrittenFile> {
    return this.inSnapshot(timeZone, async (snapshot) =>
      collect(writer.write(await contentOf(snapshot, tables, given), options, () => undefined)),
    );
  }

  /** Writes whole tables as the document of one user; `[table]` is a single section. */
  async writeSections(
    writer: Pick<FormatWriter<'sections'>, 'write'>,
    tables: Readonly<Record<string, string | [table: string]>>,
    options: ExportOptions = {},
  ): Promise<WrittenFile> {
    return this.inSnapshot('UTC', async (snapshot) => {
      const relations = await relationsOf(snapshot, Object.values(tables).flat());
      const sections = Object.entries(tables).map(([name, table], index) => {
        return { name, relation: relations[index]!, isSingle: Array.isArray(table) };
      });
      return collect(writer.write({ kind: 'sections', takenAt: snapshot.takenAt, sections }, options, () => undefined));
    });
  }

  /** Opens a snapshot and closes it after the work. */
  async inSnapshot<Result>(timeZone: string, work: (snapshot: Snapshot) => Promise<Result>): Promise<Result> {
    const never = new AbortController().signal;
    const snapshot = await Snapshot.begin(await this.pool.connect(), this.pool, never, timeZone);
    try {
      return await work(snapshot);
    } finally {
      await snapshot.close();
    }
  }

  async remove(): Promise<void> {
    await this.pool.end();
    await this.database.drop();
  }
}

interface ContentOptions {
  readonly userId?: string | null;
  /** The data type of each table; the name of the table by default. */
  readonly sections?: Readonly<Record<string, string>>;
}

/** Whole tables as content. */
export async function contentOf(
  snapshot: Snapshot,
  tables: readonly string[],
  { userId = null, sections = {} }: ContentOptions = {},
): Promise<Relations> {
  return {
    kind: 'relations',
    takenAt: snapshot.takenAt,
    userId,
    filters: null,
    relations: await relationsOf(snapshot, tables, sections),
    warnings: [],
    setting: (name) => snapshot.setting(name),
  };
}

/** Whole tables; the data type of each is its name by default. */
async function relationsOf(
  snapshot: Snapshot,
  tables: readonly string[],
  sections: Readonly<Record<string, string>> = {},
): Promise<Relation[]> {
  const live = await new LiveSchema().find(tables, snapshot);
  const relations: Relation[] = [];
  for (const name of tables) {
    const { schema, relation, columns } = live.get(name) ?? fail(`There is no table ${name}`);
    const from = sql`${Sql.identifier(schema)}.${Sql.identifier(relation)}`;
    const order = columns.some((column) => column.name === 'id') ? sql` ORDER BY id` : sql``;
    const rows = sql`SELECT ${Sql.join(columns.map(toSelectedColumn))} FROM ${from}${order}`;
    const [counted] = await snapshot.query<{ count: string }>(sql`SELECT count(*) FROM ${from}`);
    relations.push(new SnapshotRelation(snapshot, name, sections[name] ?? name, columns, rows, Number(counted?.count)));
  }
  return relations;
}

export async function collect(file: RenderedFile): Promise<WrittenFile> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.body) chunks.push(chunk);
  const { extension, contentType } = file;
  return { extension, contentType, bytes: Buffer.concat(chunks), ...summaryOf(file) };
}

/** The summary of a file, with the texts and codes of its warnings. */
export function summaryOf(file: RenderedFile) {
  const { warnings, ...counts } = file.summary();
  return {
    ...counts,
    warnings: warnings.map(({ text }) => text),
    warningCodes: warnings.map(({ code }) => code),
  };
}

function fail(message: string): never {
  throw new Error(message);
}
