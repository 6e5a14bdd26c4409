/**
 * Lives a day of use with the last release and keeps what is left of it: the database, the stored files, and what the
 * operator and the clients hold.
 *
 *   npm run upgrade:record -- --seed 7 --out <folder>
 *   UPGRADE_DAY=<folder> npm run test:upgrade
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { ExportRecord } from '../support/client';
import { Installation } from '../support/installation';
import { MailServer } from '../support/mail-server';
import { ObjectServer } from '../support/object-server';
import { WebhookReceiver } from '../support/webhook-receiver';
import { AUDIT_DIGEST, type Day, type DayExport } from './day';
import { dumpDatabase } from './database-dump';
import { Random } from './random';
import { drawBoards, readBoards, exhaustLimit } from './recording/boards';
import { requestWithoutWorkers, killInTheMiddle, leaveDeliveriesOpen } from './recording/evening';
import { createPeople } from './recording/people';
import { Recorder } from './recording/recorder';
import { takeResults, takeRows } from './recording/rows';
import { keepSchedules, readSchedules, runSchedules } from './recording/schedules';
import { RELEASE, releasedBuild } from './released-build';

const run = promisify(execFile);
const projectRoot = join(__dirname, '../..');

/** Without a word for TypeScript: these are programs of our development, not of the service. */
interface Stack {
  readonly startStack: (options: object) => Promise<{ databaseUrl: string; stop: () => Promise<void> }>;
}
interface Seed {
  readonly administrator: string;
  readonly seedPlatform: (url: string, options: { rows: number }) => Promise<unknown>;
}

interface Settings {
  readonly environment: Record<string, string>;
  readonly ports: { readonly webhook: number; readonly bucket: number };
  readonly formerKey: string;
  readonly bucketKeys: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly rows: number;
}

function settingsOf(seed: number): Settings {
  const random = new Random(seed ^ 0x5ec2e7);
  const secret = () => random.bytes(32).toString('hex');
  const port = 20_000 + 2 * random.between(0, 5_000);
  const formerKey = secret();
  return {
    formerKey,
    ports: { webhook: port, bucket: port + 1 },
    bucketKeys: {
      accessKeyId: `AK${random.bytes(8).toString('hex')}`,
      secretAccessKey: random.bytes(30).toString('base64'),
    },
    rows: random.between(80, 200),
    environment: {
      JWT_SECRET: secret(),
      LINK_SECRET: secret(),
      ENCRYPTION_KEY: secret(),
      ENCRYPTION_KEY_PREVIOUS: formerKey,
      PUBLIC_URL: 'https://exports.platform.example',
      MAIL_FROM: 'Exports <exports@platform.example>',
      OUTBOUND_ALLOWED_HOSTS: '127.0.0.1',
      TRUSTED_PROXIES: 'loopback',
      // Links in mails, which last as long as the files, are to work for as long as the dump is kept.
      RETENTION_DAYS: '3650',
      RATE_LIMIT_BOARDS: '20/30d',
      RATE_LIMIT_EXPORTS: '200/30d',
      RATE_LIMIT_CUSTOMER_FAILURES: `${random.between(3, 6)}/30d`,
    },
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, out: { type: 'string' } } });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || values.out === undefined) {
    throw new Error('Usage: npm run upgrade:record -- --seed <whole number> --out <folder>');
  }
  const build = await releasedBuild();
  const { startStack } = (await import(join(projectRoot, 'dev/stack.mjs'))) as Stack;
  const stack = await startStack({ directory: join(projectRoot, `.stack/record-${process.pid}`), persistent: false });
  try {
    await record(seed, resolve(values.out), build, stack.databaseUrl);
  } finally {
    await stack.stop();
  }
}

async function record(seed: number, out: string, build: string, databaseUrl: string): Promise<void> {
  const settings = settingsOf(seed);
  const { environment, ports, bucketKeys } = settings;
  const receiver = await WebhookReceiver.start(ports.webhook);
  const gone = await WebhookReceiver.start();
  gone.behave(410);
  const bucket = await ObjectServer.start({ credentials: bucketKeys, port: ports.bucket });
  const mail = await MailServer.start();
  await run(process.execPath, [join(build, 'dist/migrate.js')], { env: { DATABASE_URL: databaseUrl } });
  const { administrator, seedPlatform } = (await import(join(build, 'dev/seed/platform.mjs'))) as Seed;
  await seedPlatform(databaseUrl, { rows: settings.rows });
  const installation = await Installation.on(databaseUrl, { ...environment, SMTP_URL: mail.url });
  const jwtSecret = environment['JWT_SECRET']!;
  const surroundings = { installation, receiver, bucket, bucketKeys, mail, build, jwtSecret };
  try {
    const recorder = new Recorder(seed, surroundings);
    await live(recorder, settings, { administrator, goneUrl: gone.url });
    await write(out, await dayOf(recorder, settings), {
      sql: await dumpDatabase(databaseUrl, build, recorder.objects),
      storage: installation.storageFolder,
    });
  } finally {
    await installation.remove();
    await Promise.all([receiver.stop(), gone.stop(), bucket.stop(), mail.close()]);
  }
}

async function live(recorder: Recorder, { formerKey }: Settings, around: { administrator: string; goneUrl: string }) {
  const { installation, build } = recorder.surroundings;
  recorder.service = await installation.start({ ENCRYPTION_KEY: formerKey, ENCRYPTION_KEY_PREVIOUS: undefined }, build);
  const people = await createPeople(recorder, around.administrator);
  const schedules = await keepSchedules(recorder, people, around.goneUrl);
  // The key is replaced: what was sealed until now is opened by the former one.
  await recorder.service.kill('SIGTERM');
  recorder.service = await installation.start({}, build);
  const boards = await drawBoards(recorder, people);
  await exhaustLimit(recorder);
  await takeRows(recorder, people);
  const events = await takeResults(recorder, people);
  await runSchedules(recorder, schedules);
  const kept = { people, schedules, boards, events };
  await leaveDeliveriesOpen(recorder, kept);
  await killInTheMiddle(recorder, kept);
  recorder.service = await installation.start({ ROLE: 'api' }, build);
  await requestWithoutWorkers(recorder, kept);
}

function objectsOf({ objects }: ObjectServer): Day['bucket']['objects'] {
  return Object.fromEntries([...objects].map(([name, { sha256, exportId }]) => [name, { sha256, exportId }]));
}

async function dayOf(recorder: Recorder, { environment, ports, bucketKeys }: Settings): Promise<Day> {
  const { seed, customers, requests, oneTime, running, pending, limited, blockedCustomerId, surroundings } = recorder;
  const [boards, schedules, exports] = [
    await readBoards(recorder),
    await readSchedules(recorder),
    await readExports(recorder),
  ];
  await recorder.service.kill('SIGTERM');
  const [audit] = await recorder.sql<Day['audit']>(AUDIT_DIGEST, null);
  return {
    release: RELEASE.version,
    commit: RELEASE.commit,
    seed,
    dumpedAt: new Date().toISOString(),
    environment,
    webhookPort: ports.webhook,
    bucketPort: ports.bucket,
    bucket: { ...bucketKeys, objects: objectsOf(surroundings.bucket) },
    customers,
    exports,
    requests,
    boards,
    schedules,
    oneTime,
    running,
    pending,
    blockedCustomerId,
    lastingLinks: surroundings.mail.accepted.flatMap(({ text }) => {
      const [url, exportId] = /https?:\S+\/exports\/([\da-f-]+)\/download\?\S+/.exec(text) ?? [];
      return url !== undefined && exportId !== undefined ? [{ exportId, url }] : [];
    }),
    deliveries: await recorder.openDeliveries(),
    limited: limited!,
    audit: audit!,
  };
}

async function readExports(recorder: Recorder): Promise<DayExport[]> {
  const found: DayExport[] = [];
  for (const owner of recorder.principals.values()) {
    const path = owner.kind === 'customer' ? '/api/v1/customer/exports' : '/api/v1/exports';
    const { body } = await (await recorder.as(owner)).get(`${path}?limit=200`);
    found.push(...(body.results as ExportRecord[]).map((record) => ({ owner, record })));
  }
  return found;
}

async function write(out: string, day: Day, { sql, storage }: { sql: string; storage: string }): Promise<void> {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'day.json'), `${JSON.stringify(day, null, 2)}\n`);
  await writeFile(join(out, 'database.sql.gz'), gzipSync(sql, { level: 9 }));
  await run('tar', ['-czf', join(out, 'files.tar.gz'), '--exclude=.check-*', '-C', storage, '.']);
  console.log(
    `${day.exports.length} exports, ${day.schedules.length} schedules, ${day.audit.count} audit entries: ${out}`,
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
