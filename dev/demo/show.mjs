// @ts-check
// A service on a database of its own, which the chapters of the demo use one after the other. The sample platform of the
// later chapters is filled while the first one runs.
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../install.mjs';
import { projectRoot } from '../process.mjs';
import { seedPlatform } from '../seed/platform.mjs';
import { runProgram } from '../service/resource-stack.mjs';
import { ApiClient, consoleLinkFor, createCustomer, tokenFor } from '../service/client.mjs';
import { freePort } from '../service/ports.mjs';
import { migrate, plainEnvironment, startService } from '../service/service.mjs';
import { removeAbandoned, startStack } from '../stack.mjs';
import { boards } from './chapters/boards.mjs';
import { data, transactions } from './chapters/data.mjs';
import { events } from './chapters/events.mjs';
import { schedules } from './chapters/schedules.mjs';
import { MailServer } from './mail-server.mjs';
import { ProgressDisplay } from './progress-display.mjs';
import { tableOf } from './table.mjs';

/**
 * @typedef {import('./exports.mjs').Outcome} Outcome
 *
 * @typedef {object} Stage what a chapter has to work with
 * @property {(user: string, ...options: string[]) => Promise<ApiClient>} signIn
 * @property {(name: string) => Promise<{ id: string, client: ApiClient }>} admitCustomer makes an external system known
 * @property {ProgressDisplay} progress
 * @property {string} output the folder for the files
 * @property {string} databaseUrl
 * @property {Promise<SamplePlatform>} platform the tables of the platform, once they are filled
 * @property {MailServer} mail where the service's mail arrives
 *
 * @typedef {import('../seed/platform.mjs').Seeded & { milliseconds: number }} SamplePlatform
 *
 * @typedef {object} Chapter
 * @property {string} title
 * @property {string} subject what its exports are made of
 * @property {string} unit what they are counted in
 * @property {(stage: Stage) => Promise<Outcome[]>} play
 */

/** @type {Chapter[]} */
const chapters = [boards, data, events, schedules];

const stacks = join(projectRoot, '.stack');
const output = join(projectRoot, 'demo-output');
const exportsAtOnce = 2;

await runProgram(async (resources) => {
  const { values } = parseArgs({ options: { serve: { type: 'boolean', default: false } } });
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output);
  const { service, databaseUrl, mail } = await startThrowAwayService(resources);
  const platform = fillPlatform(databaseUrl);
  let failures = 0;
  for (const { title, subject, unit, play } of chapters) {
    console.log(`\n${title}`);
    const progress = await resources.start(
      () => new ProgressDisplay(unit),
      (started) => started.close(),
    );
    /** @type {Stage['signIn']} */
    const signIn = async (user, ...options) => ApiClient.ofPerson(service.url, await tokenFor(user, ...options));
    /** @type {Stage['admitCustomer']} */
    const admitCustomer = async (name) => {
      const customer = await createCustomer(databaseUrl, name);
      return { id: customer.id, client: ApiClient.ofCustomer(service.url, customer) };
    };
    const startedAt = Date.now();
    const outcomes = await play({ signIn, admitCustomer, progress, output, databaseUrl, platform, mail });
    progress.close();
    console.log(`\n${tableOf(outcomes, { subject, unit })}`);
    for (const { notes } of outcomes) if (notes) console.log(`\n${notes.join('\n')}`);
    const all = outcomes.length === 1 ? '1 export' : `${outcomes.length} exports`;
    console.log(`\n${all} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    failures += outcomes.filter(({ problem }) => problem).length;
  }
  console.log(closingWords(failures));
  if (values.serve) {
    console.log(await servingWords(service.url));
    // Until it is interrupted.
    return new Promise(() => {});
  }
  return failures === 0 ? 0 : 1;
});

/**
 * Fills the tables inside PostgreSQL, beside what the service does.
 * @param {string} databaseUrl
 * @returns {Promise<SamplePlatform>}
 */
function fillPlatform(databaseUrl) {
  const startedAt = Date.now();
  const filled = seedPlatform(databaseUrl, { rows: transactions }).then((seeded) => ({
    ...seeded,
    milliseconds: Date.now() - startedAt,
  }));
  // A failure is reported by the chapter that waits for the tables.
  filled.catch(() => {});
  return filled;
}

/**
 * Always from an empty database, so that every run shows the whole way, and beside whatever else runs.
 * @param {import('../service/resource-stack.mjs').ResourceStack} resources
 */
async function startThrowAwayService(resources) {
  removeAbandoned(stacks, 'demo-');
  const directory = join(stacks, `demo-${process.pid}`);
  console.log('Starting PostgreSQL, a mail server and the service …');
  const starting = resources.start(
    () => startStack({ directory, persistent: false }),
    (started) => started.stop(),
  );
  // A new database takes as long as the build, and needs nothing of it.
  const [stack] = await Promise.all([starting, ensureBuilt()]);
  await migrate(stack.databaseUrl);
  const port = await freePort();
  const unlimited = {
    RATE_LIMIT_BOARDS: 'off',
    RATE_LIMIT_EXPORTS: 'off',
    RATE_LIMIT_SESSIONS: 'off',
    RATE_LIMIT_THUMBNAILS: 'off',
    RATE_LIMIT_SCHEDULE_CHANGES: 'off',
  };
  const mail = await resources.start(
    () => MailServer.start(),
    (started) => started.stop(),
  );
  const mailing = { SMTP_URL: mail.url, MAIL_FROM: 'Exports <exports@platform.example>' };
  const env = {
    ...plainEnvironment(),
    ...unlimited,
    ...mailing,
    EXPORT_CONCURRENCY: String(exportsAtOnce),
    LOG_LEVEL: 'warn',
  };
  const { databaseUrl } = stack;
  const service = await resources.start(
    () => startService({ port, databaseUrl, storage: join(directory, 'storage'), env }),
    (started) => started.stop(),
  );
  return { service, databaseUrl, mail };
}

/** @param {string} url */
async function servingWords(url) {
  return `
  API docs  ${url}/api/docs
  Console   signed in as \`demo\`, an administrator: once, within ten minutes
${await consoleLinkFor(url, 'demo', '--role', 'admin')}

Another link: npm run -s console-link -- --sub demo --role admin --url ${url}
Ctrl-C ends the service and removes its database; the files in ${relative(process.cwd(), output) || '.'}/ stay.`;
}

/** @param {number} failures */
function closingWords(failures) {
  const folder = `${relative(process.cwd(), output) || '.'}/`;
  const sum =
    failures === 0
      ? `All files are in ${folder}, compared with the size and SHA-256 of their records.`
      : `${failures} export(s) did not succeed: see the remarks. The other files are in ${folder}`;
  return `
Times are the service's own, from started_at to completed_at of the record; ${exportsAtOnce} exports run at a time.
${sum}
Next: open ${folder}08-thirty-pages.pdf, ${folder}transactions.xlsx, ${folder}results.pdf and ${folder}daily_transactions.eml, and \`npm run dev\` for a service to try by hand.`;
}
