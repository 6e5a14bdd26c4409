import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const FOLDER = join(__dirname, '../../prisma');

describe('Prisma models', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(() => database.drop());

  it('match the tables, columns and nullability of a migrated database', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ column: string }>(
      `SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END AS column
       FROM information_schema.columns JOIN pg_class ON oid = format('%I', table_name)::regclass
       WHERE table_schema = 'public' AND table_name <> '_prisma_migrations' AND NOT relispartition`,
    );
    await client.end();

    expect(columnsOfModels()).toEqual(rows.map(({ column }) => column).sort());
  });
});

/** `table.column`, with a `?` where it may be null. The client knows nothing of columns of types it does not support. */
function columnsOfModels(): string[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.prisma'));
  const text = files.map((name) => readFileSync(join(FOLDER, name), 'utf8')).join('\n');
  const models = [...text.matchAll(/^model (\w+) \{(.*?)^\}/gms)].map(([, name, body]) => ({ name, body: body! }));
  const names = new Set(models.map(({ name }) => name));
  return models
    .flatMap(({ body }) => {
      const table = /@@map\("(\w+)"\)/.exec(body)![1]!;
      return [...body.matchAll(/^ {2}(\w+) +(\w+)(?:\("\w+"\))?(\[\])?(\?)?(.*)$/gm)]
        .filter(([, , type]) => !names.has(type))
        .map(([, field, , , nullable = '', rest]) => {
          const column = /@map\("(\w+)"\)/.exec(rest!)?.[1] ?? field!;
          return `${table}.${column}${nullable}`;
        });
    })
    .sort();
}
