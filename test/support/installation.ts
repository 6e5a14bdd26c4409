import { type Dirent, existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client as Database, type QueryResultRow } from 'pg';
import { Application } from './application';
import { Client, type Person, type Transport } from './client';
import { CustomerClient, type CustomerTraits, insertCustomer } from './customers';
import { S3Observer, s3SettingsFromEnvironment } from './s3-under-test';
import { type Environment, type LogLine, Service } from './service';
import { createTestDatabase, type TestDatabase } from './test-database';
import { signedToken, TEST_ENCRYPTION_KEY, TEST_LINK_SECRET, TEST_SECRET } from './tokens';
import { until } from './until';

/** Redis has 16 logical databases: four for each of jest's four workers, in turns. */
const JEST_WORKERS = 4;
const REDIS_DATABASES = 4;
let redisTurn = 0;

/** Where a client sends its requests: an application in the process of the tests, or a process of its own. */
export type Host = Application | Service;

/**
 * A database, a storage and a queue of one's own, and the applications and processes that run on them. `REDIS_URL` and `STORAGE=s3` with
 * `S3_…` in the environment of the tests decide what these are; without them the service's own defaults hold.
 */
export class Installation {
  readonly applications: Application[] = [];
  readonly services: Service[] = [];
  #successor: Application | undefined;
  #observer: Database | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly storageFolder: string,
    private readonly environment: Environment,
  ) {}

  /** @param environment what differs from a usual test: every process gets it */
  static async create(environment: Environment = {}): Promise<Installation> {
    return Installation.#around(await createTestDatabase(), environment);
  }

  /** An installation on a database of the test's own. */
  static on(url: string, environment: Environment = {}): Promise<Installation> {
    return Installation.#around({ url, drop: () => Promise.resolve() }, environment);
  }

  static async #around(database: TestDatabase, environment: Environment): Promise<Installation> {
    const storageFolder = await mkdtemp(join(tmpdir(), 'export-storage-'));
    const installation = new Installation(database, storageFolder, {
      DATABASE_URL: database.url,
      STORAGE_DIR: storageFolder,
      JWT_SECRET: TEST_SECRET,
      LINK_SECRET: TEST_LINK_SECRET,
      ENCRYPTION_KEY: TEST_ENCRYPTION_KEY,
      RATE_LIMIT_BOARDS: 'off',
      RATE_LIMIT_EXPORTS: 'off',
      RATE_LIMIT_SESSIONS: 'off',
      RATE_LIMIT_THUMBNAILS: 'off',
      RATE_LIMIT_SCHEDULE_CHANGES: 'off',
      RATE_LIMIT_ESTIMATES: 'off',
      RATE_LIMIT_DESTINATION_TESTS: 'off',
      DRAWING_THREADS: '1',
      SHUTDOWN_GRACE_SECONDS: '5',
      ...(await createRedisSettings(environment)),
      ...s3Settings(),
      ...environment,
    });
    await installation.reconnect();
    if (installation.isOnS3) await observedBucket((bucket) => bucket.makeBucket());
    return installation;
  }

  /** An installation with one process that does everything. */
  static async withService(environment: Environment = {}): Promise<{ installation: Installation; service: Service }> {
    const installation = await Installation.create(environment);
    return { installation, service: await installation.start() };
  }

  /** An installation with one application, in the process of the tests, that does everything. */
  static async withApplication(
    environment: Environment = {},
  ): Promise<{ installation: Installation; application: Application }> {
    const installation = await Installation.create(environment);
    return { installation, application: await installation.startApplication() };
  }

  get isOnS3(): boolean {
    return this.environment['STORAGE'] === 's3';
  }

  /** Starts one more application in the process of the tests, for whatever needs nothing but its API. */
  async startApplication(environment: Environment = {}): Promise<Application> {
    // Running work need not finish after the tests.
    const application = await Application.start({
      ...this.environment,
      SHUTDOWN_GRACE_SECONDS: '0',
      // Threads start in a process of their own and log to its output; production is the same without them.
      EXPORT_THREADS: '0',
      ...environment,
    });
    this.applications.push(application);
    return application;
  }

  /**
   * Starts one more process and waits until it can work.
   * @param build the checkout whose `dist` runs, where it is not this one
   */
  async start(environment: Environment = {}, build?: string): Promise<Service> {
    const service = await Service.start({ ...this.environment, ...environment }, build);
    this.services.push(service);
    return service;
  }

  /** The worker that the test before left running; a new one where there is none. */
  async worker(): Promise<Service> {
    return this.services.find(({ isRunning }) => isRunning) ?? this.start({ ROLE: 'worker' });
  }

  /** Starts a worker in the process of the tests, for the rest of a test in which another one ends or is paused. */
  async startSuccessor(): Promise<void> {
    this.#successor = await this.startApplication({ ROLE: 'worker' });
  }

  /** Kills all processes but the latest that still runs, which the next test may use, and closes the successor. */
  async keepOne(): Promise<void> {
    await this.#successor?.close();
    const kept = this.services.findLast(({ isRunning }) => isRunning);
    // A test that failed may have left it paused.
    kept?.resume();
    await Promise.all(this.services.filter((service) => service !== kept).map((service) => service.kill('SIGKILL')));
  }

  /** Starts one more process and waits for nothing. */
  async launch(environment: Environment = {}): Promise<Service> {
    const service = await Service.launch({ ...this.environment, ...environment });
    this.services.push(service);
    return service;
  }

  /** Whatever serves this installation: the applications first. */
  get hosts(): readonly Host[] {
    return [...this.applications, ...this.services];
  }

  get host(): Host {
    return this.hosts[0]!;
  }

  /** Somebody with a token, who talks to one of the hosts. */
  async asUser(sub: string, { at = this.host, ...person }: Person & { at?: Host } = {}): Promise<Client> {
    return new Client(at.url, await signedToken(sub, person), transportTo(at));
  }

  /** A new external system, which talks to one of the hosts. */
  async asCustomer({ at = this.host, ...traits }: CustomerTraits & { at?: Host } = {}): Promise<CustomerClient> {
    return new CustomerClient(at.url, await insertCustomer(this.sql.bind(this), traits), transportTo(at));
  }

  asAnonymous(): Client {
    return new Client(this.host.url, undefined, transportTo(this.host));
  }

  /** Looks into the database again after it was away. */
  async reconnect(): Promise<void> {
    this.#observer = new Database({ connectionString: this.database.url });
    // A test may end this connection together with all others.
    this.#observer.on('error', () => undefined);
    await this.#observer.connect();
  }

  async sql<Row extends QueryResultRow>(statement: string, ...values: unknown[]): Promise<Row[]> {
    return (await this.#observer!.query<Row>(statement, values)).rows;
  }

  /** Waits until an export, whosever it is, stands so. */
  async reaches(exportId: string, status: string): Promise<void> {
    await until(`export ${exportId} is ${status}`, async () => {
      const [row] = await this.sql<{ status: string }>('SELECT status FROM exports WHERE id = $1', exportId);
      return row?.status === status;
    });
  }

  /** What became of an export, step by step; who fetched its file is another matter. */
  async history(exportId: string): Promise<string[]> {
    const rows = await this.sql<{ action: string }>(
      `SELECT action FROM export_audit_log WHERE export_id = $1 AND action <> 'export.downloaded' ORDER BY id`,
      exportId,
    );
    return rows.map(({ action }) => action);
  }

  /** What all processes logged about an export, and their warnings. */
  logOf(exportId: string): LogLine[] {
    return this.hosts.flatMap(({ log }) =>
      log.filter(({ level, export_id }) => export_id === exportId || level === 'warn' || level === 'error'),
    );
  }

  /** All files in the disk storage, including unfinished uploads. */
  async storedFiles(): Promise<string[]> {
    const entries = await this.#storedEntries();
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.check-'))
      .map((entry) => join(entry.parentPath, entry.name).slice(this.storageFolder.length + 1))
      .sort();
  }

  /** Waits until bytes of an export are uploaded to the disk storage: pages of a board are, one after the other. @returns the upload */
  uploadOf(exportId: string): Promise<string> {
    return until(
      'an upload has begun',
      async () => {
        const upload = (await this.storedFiles()).find((file) => file.startsWith(`.uploads/exports/${exportId}/`));
        return upload !== undefined && (await stat(join(this.storageFolder, upload))).size > 0 && upload;
      },
      { every: 10 },
    );
  }

  async #storedEntries(): Promise<Dirent[]> {
    for (;;) {
      try {
        return await readdir(this.storageFolder, { recursive: true, withFileTypes: true });
      } catch (error) {
        // A folder that was removed while we looked: look again.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(this.storageFolder)) throw error;
      }
    }
  }

  /** Ends the applications and the processes, and removes everything. */
  async remove(): Promise<void> {
    await Promise.all(this.applications.map((application) => application.close()));
    await Promise.all(this.services.map((service) => service.kill('SIGKILL')));
    await this.#observer?.end().catch(() => undefined);
    await this.database.drop();
    await rm(this.storageFolder, { recursive: true, force: true });
  }
}

function transportTo(host: Host): Transport | undefined {
  return host instanceof Application ? host.transport : undefined;
}

async function createRedisSettings(environment: Environment): Promise<Environment> {
  const given = process.env['REDIS_URL'];
  if (!given || 'REDIS_URL' in environment) return {};
  const worker = Number(process.env['JEST_WORKER_ID'] ?? 1) % JEST_WORKERS;
  const url = new URL(given);
  url.pathname = `/${worker * REDIS_DATABASES + (redisTurn++ % REDIS_DATABASES)}`;
  const redis = new Redis(url.href);
  await redis.flushdb();
  redis.disconnect();
  return { REDIS_URL: url.href };
}

function s3Settings(): Environment {
  if (process.env['STORAGE'] !== 's3') return {};
  const given = Object.entries(process.env).filter(([name]) => name === 'STORAGE' || name.startsWith('S3_'));
  return Object.fromEntries(given);
}

async function observedBucket(act: (bucket: S3Observer) => Promise<void>): Promise<void> {
  const settings = s3SettingsFromEnvironment();
  if (!settings) throw new Error('STORAGE is s3, but S3_ENDPOINT is not set');
  const bucket = new S3Observer(settings);
  try {
    await act(bucket);
  } finally {
    bucket.close();
  }
}
