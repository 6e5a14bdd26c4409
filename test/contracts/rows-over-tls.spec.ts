import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { ExportDatabase } from '../../src/platform/database/export-database';
import { Sql, sql } from '../../src/platform/database/sql';
import { describeWhere, isInstalled } from '../support/describe-where';
import { PostgresServer } from '../support/postgres-server';
import { testConfig } from '../support/test-config';
import { until } from '../support/until';

const run = promisify(execFile);
const ROWS = 200_000;

/** The socket that reads rows is then below one that decrypts them. */
describeWhere(isInstalled('openssl') ? null : 'there is no openssl on this machine', 'Rows over TLS', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.migrated();
    const client = new Client({ connectionString: server.url });
    await client.connect();
    const show = async (setting: string) => {
      const { rows } = await client.query<Record<string, string>>(`SHOW ${setting}`);
      return rows[0]?.[setting];
    };
    await makeCertificate(String(await show('data_directory')));
    await client.query('ALTER SYSTEM SET ssl = on');
    await client.query('SELECT pg_reload_conf()');
    await until('the server speaks TLS', async () => (await show('ssl')) === 'on');
    await client.end();
  });

  afterAll(() => server.remove());

  it.each([true, false])('are those of the database, whether their chunks are lent: %s', async (lendsChunks) => {
    const connections = new ExportDatabase(testConfig({ DATABASE_URL: `${server.url}?sslmode=no-verify` }));
    const over = new AbortController();
    try {
      const snapshot = await connections.open(over.signal, { timeZone: 'UTC', isStreamed: false });
      const select = sql`SELECT n FROM generate_series(1, ${Sql.integer(ROWS)}) AS n`;
      const rows = snapshot.copy(select, { kind: 'text' }, { lendsChunks });
      const hash = createHash('sha256');
      for await (const chunk of rows) hash.update(chunk);

      const expected = Array.from({ length: ROWS }, (_, index) => `${index + 1}\n`).join('');
      expect(hash.digest('hex')).toBe(createHash('sha256').update(expected).digest('hex'));
      expect(rows.count()).toBe(ROWS);
      expect(await snapshot.query(sql`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`)).toEqual([
        { ssl: true },
      ]);
    } finally {
      over.abort();
      await connections.onApplicationShutdown();
    }
  });
});

/** A key and a certificate of its own, readable for the server's user. */
async function makeCertificate(folder: string): Promise<void> {
  const [key, certificate] = [join(folder, 'server.key'), join(folder, 'server.crt')];
  const request = ['req', '-new', '-x509', '-days', '2', '-nodes', '-subj', '/CN=localhost'];
  await run('openssl', [...request, '-out', certificate, '-keyout', key]);
  const { uid, gid } = await stat(folder);
  for (const file of [key, certificate]) {
    await chown(file, uid, gid);
    await chmod(file, 0o600);
  }
}
