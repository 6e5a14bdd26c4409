// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import 'reflect-metadata';
import { MailServer } from '../demo/mail-server.mjs';
import { fail, projectRoot } from '../process.mjs';
import { developmentSecrets } from '../secrets.mjs';
import { administrator, seedPlatform } from '../seed/platform.mjs';
import { freePort } from '../service/ports.mjs';
import { tokenFor } from '../service/client.mjs';
import { startStack } from '../stack.mjs';
import { Coverage } from './coverage.mjs';

/** @typedef {import('./coverage.mjs').EnteredFiles} EnteredFiles */

const dist = join(projectRoot, 'dist');
const require = createRequire(import.meta.url);
const board = {
  name: 'Line',
  state: {
    pages: [
      {
        strokes: [
          {
            tool: 'pen',
            color: '#2563eb',
            size: 8,
            points: [
              [100, 100],
              [300, 280],
            ],
          },
        ],
      },
    ],
  },
};
// Long enough for whatever a request started to end, and to see what runs by itself.
const PAUSE_MS = 3_000;

const coverage = new Coverage(dist);
/** @type {EnteredFiles} what the latest route entered, from its handler to its answer */
let ofRoute = new Map();
/** @type {(() => unknown)[]} what has to be stopped, the latest first */
const started = [];
try {
  const { ask, runSlot } = await startService();
  const { id } = await ask('POST', '/api/v1/solo/sessions/', board);
  await follow('POST a board export, from the route to its answer: at most 15', async () => {
    await ask('POST', `/api/v1/solo/sessions/${id}/export/`, { format: 'json' });
    return ofRoute;
  });
  await follow('POST an export of rows, from the route to its answer: at most 20', async () => {
    await ask('POST', '/api/exports', { type: 'full', format: 'csv' });
    return ofRoute;
  });
  await follow('A due slot, until its mail is delivered: at most 25', async () => {
    coverage.take();
    await runSlot();
    return coverage.take();
  });
} catch (error) {
  fail(error);
} finally {
  coverage.stop();
  for (const stop of started.reverse()) await stop();
}
process.exit();

/** @param {string} title @param {() => Promise<EnteredFiles>} work */
async function follow(title, work) {
  // Once before, so that nothing is counted that is loaded or prepared for the first one.
  await work();
  await sleep(PAUSE_MS);
  coverage.take();
  await sleep(PAUSE_MS);
  const idle = coverage.take();
  const entered = [...(await work())].filter(([file]) => !idle.has(file)).sort();
  await sleep(PAUSE_MS);
  console.log(`${title}\n${entered.length} files`);
  for (const [file, functions] of entered) console.log(`  ${file.replace(/\.js$/, '.ts').padEnd(70)} ${functions}`);
}

/** The whole service in this process, unbundled, on a database with sample data. */
async function startService() {
  const folder = await mkdtemp(join(tmpdir(), 'entered-files-'));
  started.push(() => rm(folder, { recursive: true, force: true }));
  const stack = await startStack({ directory: join(folder, 'stack'), persistent: false });
  started.push(stack.stop);
  const mail = await MailServer.start();
  started.push(() => mail.stop());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  Object.assign(process.env, {
    ...developmentSecrets(),
    DATABASE_URL: stack.databaseUrl,
    STORAGE_DIR: join(folder, 'files'),
    SMTP_URL: mail.url,
    MAIL_FROM: 'exports@example.org',
    PORT: String(port),
    PUBLIC_URL: url,
    LOG_LEVEL: process.env['LOG_LEVEL'] || 'error',
    NODE_ENV: 'test',
  });
  const { applyMigrations } = require(join(dist, 'platform/database/migrations.js'));
  await applyMigrations(stack.databaseUrl, join(projectRoot, 'prisma/migrations'));
  await seedPlatform(stack.databaseUrl, { rows: 100 });

  const { NestFactory } = require('@nestjs/core');
  const { AppModule } = require(join(dist, 'app.module.js'));
  const { Config } = require(join(dist, 'platform/config/config.js'));
  const { configureHttp } = require(join(dist, 'platform/http/http-application.js'));
  const { JsonLogger } = require(join(dist, 'platform/observability/json-logger.js'));
  const config = Config.fromProcess();
  const app = await NestFactory.create(AppModule, {
    bodyParser: false,
    forceCloseConnections: true,
    logger: new JsonLogger(config.logLevel),
  });
  configureHttp(app, config);
  for (const controller of controllersOf(app)) watchRoutes(controller);
  await app.listen(port, '127.0.0.1');
  started.push(() => app.close());

  const token = await tokenFor(administrator, '--role', 'admin', '--email', 'ada@example.org');
  /** @type {(method: string, path: string, body: object) => Promise<any>} */
  const ask = async (method, path, body) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const runSlot = await scheduleBy(ask, stack.databaseUrl);
  return { ask, runSlot };
}

/**
 * A schedule whose next slot can be made due.
 * @param {(method: string, path: string, body: object) => Promise<any>} ask
 * @param {string} databaseUrl
 */
async function scheduleBy(ask, databaseUrl) {
  const schedule = {
    name: 'transactions',
    tables: ['transactions'],
    format: 'csv',
    frequency: 'daily',
    delivery_method: 'email',
  };
  const { id } = await ask('POST', '/api/exports/scheduled', schedule);
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  started.push(() => database.end());
  let delivered = 0;
  return async () => {
    await database.query("UPDATE scheduled_exports SET next_run_at = now() - interval '1 second' WHERE id = $1", [id]);
    // Asked of the database, so that no code of ours answers.
    while ((await countDelivered(database, id)) === delivered) await sleep(20);
    delivered += 1;
  };
}

/** @param {pg.Client} database @param {string} id @returns {Promise<number>} */
async function countDelivered(database, id) {
  const { rows } = await database.query(
    'SELECT count(*)::int FROM scheduled_export_runs WHERE schedule_id = $1 AND outcome IS NOT NULL',
    [id],
  );
  return rows[0].count;
}

/** @param {import('@nestjs/common').INestApplication} app @returns {object[]} */
function controllersOf(app) {
  const { ModulesContainer } = require('@nestjs/core');
  const modules = /** @type {Map<string, { controllers: Map<unknown, { instance: object }> }>} */ (
    app.get(ModulesContainer)
  );
  return [...modules.values()].flatMap(({ controllers }) => [...controllers.values()].map(({ instance }) => instance));
}

/**
 * Has each route note what it enters. Guards, interceptors and pipes around it are not counted.
 * @param {any} controller
 */
function watchRoutes(controller) {
  const { MetadataScanner } = require('@nestjs/core');
  for (const name of new MetadataScanner().getAllMethodNames(Object.getPrototypeOf(controller))) {
    const handler = controller[name];
    if (!Reflect.hasMetadata('path', handler)) continue;
    const watched = async (/** @type {unknown[]} */ ...given) => {
      coverage.take();
      try {
        return await handler.apply(controller, given);
      } finally {
        ofRoute = coverage.take();
      }
    };
    for (const key of Reflect.getMetadataKeys(handler)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), watched);
    }
    controller[name] = watched;
  }
}
