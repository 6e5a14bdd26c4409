import { Pool } from 'pg';
import { LiveSchema } from '../../src/catalog/infrastructure/live-schema';
import { PostgresSourceDatabase } from '../../src/catalog/infrastructure/postgres-source-database';
import type { DataType, SensitiveColumn } from '../../src/catalog/model/domain/data-type';
import type { DataTypeRepository } from '../../src/catalog/model/domain/interfaces/data-type.repository';
import { DataExportAuthorizer } from '../../src/catalog/model/services/data-export-authorizer';
import { DataPlanner } from '../../src/catalog/model/services/data-planner';
import {
  CatalogForScheduledExport,
  type ScheduledRows,
} from '../../src/catalog/model/services/out.for-scheduled-export.service';
import { RowEstimates } from '../../src/catalog/model/services/row-estimates';
import type { UserPrincipal } from '../../src/platform/auth/principal';
import type { DomainError } from '../../src/platform/errors/domain-error';
import { ExportDatabase } from '../../src/platform/database/export-database';
import { createExportBench } from '../support/export-bench';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { testConfig } from '../support/test-config';

const ANN: UserPrincipal = { userId: 'ann', tenantId: 'blue', roles: [] };
const ROOT: UserPrincipal = { userId: 'root', tenantId: null, roles: ['admin'] };

function selectRows(traits: Partial<ScheduledRows>): ScheduledRows {
  const nothing = { dataTypes: [], tables: [], columns: undefined, filters: undefined };
  return { ...nothing, format: 'csv', options: {}, timezone: 'UTC', ...traits };
}

describe('The export of a schedule', () => {
  let database: TestDatabase;
  let connections: ExportDatabase;
  let others: Pool;
  let catalog: CatalogForScheduledExport;

  beforeAll(async () => {
    database = await createTestDatabase();
    connections = new ExportDatabase(testConfig({ DATABASE_URL: database.url }));
    others = new Pool({ connectionString: database.url, max: 1 });
    const planner = new DataPlanner(dataTypesIn(others) as DataTypeRepository);
    catalog = new CatalogForScheduledExport(
      new DataExportAuthorizer(
        planner,
        new PostgresSourceDatabase(connections, new LiveSchema()),
        new RowEstimates(testConfig()),
      ),
      createExportBench({ environment: { MAX_ESTIMATED_ROWS: '5000' } }).estimates,
    );
  });

  afterAll(async () => {
    await connections.onApplicationShutdown();
    await others.end();
    await database.drop();
  });

  async function explainError(caller: UserPrincipal, traits: Partial<ScheduledRows>): Promise<DomainError> {
    return catalog.check(caller, selectRows(traits)).then(
      () => Promise.reject(new Error('It was granted')),
      (error: unknown) => error as DomainError,
    );
  }

  it.each(['json', 'ndjson', 'csv', 'xlsx', 'xml', 'parquet'])(
    'can be whole tables as %s, for an administrator',
    async (format) => {
      const granted = await catalog.check(
        ROOT,
        selectRows({
          format,
          tables: ['users', 'transactions'],
          columns: { users: ['id', 'email', 'created_at'] },
          filters: { users: { created_at: { gte: 'now-7d' } } },
          timezone: 'Europe/Kyiv',
        }),
      );

      expect(granted).toEqual({
        format,
        dataTypes: [],
        filters: { users: { created_at: { gte: 'now-7d' } } },
        options: {
          tables: ['users', 'transactions'],
          columns: { users: ['id', 'email', 'created_at'] },
          timezone: 'Europe/Kyiv',
        },
        audited: { tables: 'users, transactions' },
      });
    },
  );

  it('can be the user’s own rows, all or by data type', async () => {
    const all = await catalog.check(ANN, selectRows({}));
    const some = await catalog.check(ANN, selectRows({ dataTypes: ['profile', 'payments'], options: { bom: true } }));

    expect(all).toMatchObject({ dataTypes: [], filters: null, audited: { subject: 'ann', data_types: 'all' } });
    expect(some).toMatchObject({ dataTypes: ['profile', 'payments'], options: { bom: true, timezone: 'UTC' } });
  });

  it('can be whole tables for administrators only', async () => {
    const refusal = await explainError(ANN, { tables: ['users'], format: 'nonsense' });

    expect([refusal.kind, refusal.message]).toEqual(['forbidden', 'Admin role required']);
  });

  it.each<[Partial<ScheduledRows>, string[]]>([
    [
      {
        format: 'docx',
        tables: ['transactions', 'nothing', 'transactions'],
        columns: { users: ['id'], transactions: ['amount', 'missing'] },
        filters: { transactions: { created_at: { gte: 'now-7x' }, missing: 1, amount: { like: '1' } } },
        options: { delimiter: '::', raw: 'yes' },
        timezone: 'Mars/Olympus',
      },
      [
        'format',
        'tables.1',
        'tables.2',
        'columns.users',
        'columns.transactions',
        'filters.transactions.created_at.gte',
        'filters.transactions.missing',
        'filters.transactions.amount.like',
        'options.delimiter',
        'options.raw',
        'options.timezone',
      ],
    ],
    [{ dataTypes: ['profile', 'nonsense'], options: { bom: true }, format: 'json' }, ['data_types.1', 'options.bom']],
    [{ dataTypes: ['profile'], tables: ['users'] }, ['data_types']],
    [
      { tables: ['users'], filters: { users: { id: 'no uuid' } }, options: { delimiter: '"' } },
      ['filters.users.id', 'options.delimiter'],
    ],
    [{ tables: ['users', 'invoices'], options: { compression: 'gzip' } }, ['options.compression']],
    [{ tables: ['users'], options: { title: '../../etc' } }, ['options.title']],
    [{ tables: ['users'], options: { as_of: '2020-01-01' } }, ['options.as_of']],
    [{ tables: ['export_deliveries'] }, ['tables.0']],
    [{ dataTypes: ['audit'] }, ['data_types']],
  ])('is rejected with every invalid field: %j', async (traits, fields) => {
    const refusal = await explainError(ROOT, traits);

    expect(refusal.kind).toBe('invalid');
    expect(refusal.details.fields?.map(({ field }) => field).sort()).toEqual(fields.sort());
  });

  it('is validated against the views in the database', async () => {
    await others.query(`CREATE VIEW strange AS SELECT 1 AS n, '{}'::json AS data`);
    await others.query(`INSERT INTO export_data_types (name, tables, owners) VALUES ('strange', '["strange"]', '{}')`);

    const refusal = await explainError(ROOT, { tables: ['strange'], filters: { strange: { data: { gt: '{}' } } } });

    expect(refusal.details.fields).toEqual([
      { field: 'filters.strange.data.gt', message: expect.stringContaining('does not fit the type json') },
    ]);
  });
});

/** The catalog as the migrations fill it. */
function dataTypesIn(pool: Pool): Pick<DataTypeRepository, 'list' | 'sensitiveColumns'> {
  return {
    list: async () =>
      (await pool.query<DataType>('SELECT *, is_active AS "isActive" FROM export_data_types ORDER BY name')).rows,
    sensitiveColumns: async () =>
      (
        await pool.query<SensitiveColumn>(
          'SELECT table_name AS "table", column_name AS "column" FROM export_sensitive_columns',
        )
      ).rows,
  };
}
