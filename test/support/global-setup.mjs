// @ts-check
// Once per run of jest: the build, a PostgreSQL server, and a migrated database that every test copies.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '../../dev/install.mjs';
import { capture, projectRoot } from '../../dev/process.mjs';
import { createDatabase, dropDatabase, removeAbandoned, startStack } from '../../dev/stack.mjs';
import { throwAwayFolder } from './throw-away-folder.mjs';

/** @typedef {{ dropTemplate: () => Promise<void>, stop: () => Promise<void> }} TestServer */

/** Jest's hook. */
export default async function globalSetup() {
  await ensureBuilt();
  const given = process.env['TEST_DATABASE_ADMIN_URL'];
  const server = given ? { adminUrl: given, folder: undefined, stop: async () => {} } : await startThrowAway();
  const template = `template_${process.pid}_${Date.now().toString(36)}`;
  const dropTemplate = () => dropDatabase(server.adminUrl, template);
  try {
    await migrate(await createDatabase(server.adminUrl, template));
  } catch (error) {
    await dropTemplate();
    await server.stop();
    throw error;
  }
  process.env['TEST_DATABASE_ADMIN_URL'] = server.adminUrl;
  process.env['TEST_TEMPLATE_DATABASE'] = template;
  // Made by the first test that needs a server of its own: see postgres-server.ts.
  if (server.folder) process.env['TEST_TEMPLATE_SERVER'] = join(server.folder, 'template');
  Object.assign(globalThis, { testServer: { dropTemplate, stop: server.stop } });
}

async function startThrowAway() {
  const parent = throwAwayFolder(join(projectRoot, '.stack'));
  const prefix = 'export-service-test-';
  removeAbandoned(parent, prefix);
  const directory = join(parent, `${prefix}${process.pid}`);
  const { databaseUrl, stop } = await startStack({ directory, persistent: false });
  return { adminUrl: databaseUrl, folder: directory, stop };
}

/** @param {string} databaseUrl */
async function migrate(databaseUrl) {
  const program = join(projectRoot, 'dist/migrate.js');
  if (!existsSync(program)) throw new Error('dist/migrate.js is missing: the build must make it from src/migrate.ts.');
  const { code, output } = await capture(process.execPath, [program], {
    env: { ...process.env, DATABASE_URL: databaseUrl, NODE_ENV: 'test' },
  });
  if (code !== 0) throw new Error(`The migrations could not be applied (node dist/migrate.js):\n${output}`);
}
