// @ts-check
// npm run customer -- create --name Partner, npm run schedules -- list. In an image, which has no dev/, the program itself
// is run.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled } from './install.mjs';
import { fail, passThrough, projectRoot } from './process.mjs';

const NEED_DATABASE = new Set(['manage-customers', 'manage-schedules', 'manage-audit']);

const [name = '', ...args] = process.argv.slice(2);
const program = join(projectRoot, 'dist', `${name}.js`);

try {
  // Where an operator names the database, what was built stays as it is.
  if (!process.env['DATABASE_URL'] || !existsSync(program)) await prepare();
  process.exitCode = await passThrough(process.execPath, [program, ...args]);
} catch (error) {
  fail(error);
}

async function prepare() {
  await ensureInstalled();
  await ensureBuilt();
  if (!NEED_DATABASE.has(name)) return;
  const { databaseOfStack } = await import('./live/database-note.mjs');
  const databaseUrl = process.env['DATABASE_URL'] || databaseOfStack();
  // How the program is used, it tells without one.
  if (!databaseUrl && args.some((word) => /^(help|--help|-h)$/.test(word))) return;
  if (!databaseUrl) {
    throw new Error('There is no database: start `npm run dev` in another terminal, or set DATABASE_URL.');
  }
  process.env['DATABASE_URL'] = databaseUrl;
}
