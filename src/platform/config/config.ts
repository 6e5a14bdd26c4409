import type { KeyObject } from 'node:crypto';
import { Environment, type Variables } from './environment';
import type { Sender } from './variable-types';
import type { PaceLimit } from '../database/pace';
import type { RateLimit } from '../rate-limit';

/** The names, in response headers, of the limits of requests that create no record. */
export type RequestLimitName = 'sessions' | 'thumbnails' | 'schedule-changes' | 'estimates' | 'destination-tests';

export type Role = 'api' | 'worker' | 'all';

export interface DiskStorageConfig {
  readonly kind: 'disk';
  readonly directory: string;
}

export interface S3StorageConfig {
  readonly kind: 's3';
  /** The endpoint for this service; AWS by default. */
  readonly endpoint?: string;
  /** The endpoint for browsers; without it there are no links to the storage. */
  readonly publicEndpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** Both keys or neither: without them the SDK uses the credential chain of AWS (role, profile, instance). */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly forcePathStyle: boolean;
  readonly sse?: 'AES256' | 'aws:kms';
  readonly kmsKeyId?: string;
}

/** How `npm run migrate` and `npm run audit` connect to the database. */
export interface MigrationConfig {
  /** Connects as the role that owns the tables. */
  readonly url: string;
  /** The role of the service, if it is not the owner. */
  readonly application?: string;
  /** The role that reads data exports, if it is another one. */
  readonly reader?: string;
  readonly queueIsInPostgres: boolean;
}

type SigningEnvironment = Pick<Environment, 'SIGNING_KEY' | 'SIGNING_PUBLIC_KEYS'>;

/** The settings from the environment, validated and typed. Nothing else reads `process.env`. */
export class Config {
  readonly role: Role;
  readonly http: {
    readonly port: number;
    /** The address to listen on; all addresses by default. */
    readonly host?: string;
    /** Where health and metrics are served instead of on `port`. */
    readonly managementPort?: number;
    /** Without a trailing slash. */
    readonly publicUrl: string;
    readonly corsOrigins: readonly string[] | '*';
    /** The proxies whose `X-Forwarded-For` names the client: addresses, CIDR blocks and named ranges of Express. */
    readonly trustedProxies: readonly string[];
    /** How long the body of a request may take to arrive. */
    readonly bodyTimeoutSeconds: number;
    /** Limits of bodies of a megabyte and more that a process handles at once, for requests and responses separately. */
    readonly largeBodies: { readonly perCaller: number; readonly totalBytes: number };
    /** The event streams of one caller that a process keeps open. */
    readonly eventStreamsPerCaller: number;
  };
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly database: {
    readonly url: string;
    /** The database whose rows are exported; the same database by default. */
    readonly exportUrl: string;
  };
  readonly queue: { readonly redisUrl?: string };
  readonly storage: DiskStorageConfig | S3StorageConfig;
  readonly auth: {
    readonly jwtSecret?: string;
    readonly jwksUrl?: string;
    /** The only accepted issuer; any issuer by default. */
    readonly issuer?: string;
    /** The accepted audiences; any audience if the list is empty. */
    readonly audiences: readonly string[];
    readonly requiresTenant: boolean;
    /** The maximum age of a token; `null` accepts it until it expires. */
    readonly maxAgeSeconds: number | null;
  };
  readonly links: { readonly secret: string };
  readonly console: {
    readonly isOn: boolean;
    /** How people sign in to the console; `null` if no issuer is configured. */
    readonly oidc: { readonly issuer: string; readonly clientId: string; readonly scope: string } | null;
  };
  /** The keys for stored secrets of users; without a key, secrets are refused. */
  readonly encryption: {
    readonly key?: Buffer;
    /** For decryption only. */
    readonly previousKeys: readonly Buffer[];
  };
  /** The keys for signatures of manifests; without a key, manifests are not signed. */
  readonly signing: {
    /** Private, Ed25519. */
    readonly key?: KeyObject;
    /** The public keys of manifests that were signed with other keys. */
    readonly publicKeys: readonly KeyObject[];
  };
  /** The hosts, or `host:port`, that URLs of users may name although they are not public or use plain HTTP. */
  readonly outbound: { readonly allowedHosts: readonly string[] };
  readonly exports: {
    readonly concurrency: number;
    /** The threads that make files; 0 to make them in the main thread. */
    readonly threads: number;
    /** How many exports of one account run at once while other accounts wait. */
    readonly perAccount: number;
    readonly retentionDays: number;
    /** How long a worker keeps an export without a heartbeat. */
    readonly leaseSeconds: number;
    /** How long running exports may continue after SIGTERM before they are handed back. */
    readonly graceSeconds: number;
    /** The limit of data exports per user. */
    readonly rateLimit: RateLimit | null;
    /** How long an estimate may read rows. */
    readonly estimateMs: number;
    /** Exports that are expected to have more rows are refused; `null` for no limit. */
    readonly maxEstimatedRows: number | null;
    /** How many connections read the rows of all exports of the database at once. */
    readonly parallelism: number;
    /** How long an export may hold its snapshot. */
    readonly maxSnapshotMinutes: number;
    /** How fast this process reads rows; `null` for as fast as it can. */
    readonly pace: PaceLimit | null;
  };
  /** The limits per account of requests that create no record. */
  readonly requestLimits: Readonly<Record<RequestLimitName, RateLimit | null>>;
  readonly schedules: {
    /** How many scheduled runs the schedules of one owner have together in 24 hours. */
    readonly runsPerDay: number;
    /** How long after an administrator's last token their schedules may read what only administrators may. */
    readonly adminRightDays: number;
  };
  /** Downloads of one-time files. */
  readonly downloads: {
    /** How long a one-time download without a heartbeat keeps its file from other clients. */
    readonly leaseSeconds: number;
    /** How long a client may take to close its connection after the last byte, before its kernel's acknowledgement counts. */
    readonly ackTimeoutSeconds: number;
  };
  /** How often a process looks for due work in the database: sweeps, expiry, the schedule tick; the outbox four times as often. */
  readonly pollIntervalMs: number;
  /** `null` if no mail server is configured. */
  readonly mail: { readonly smtpUrl: string; readonly from: Sender; readonly timeoutSeconds: number } | null;
  readonly storageSweep: {
    /** The minimum age of an orphaned file before it is removed: its record may still be written. */
    readonly graceSeconds: number;
  };
  readonly customers: {
    /** The limit of exports of each kind per external system. */
    readonly rateLimit: RateLimit | null;
    /** The limit of failed authentications per network. */
    readonly failureLimit: RateLimit | null;
  };
  readonly boards: {
    readonly maxBytes: number;
    /** How deeply the JSON of a board may be nested. */
    readonly maxDepth: number;
    /** How many boards a user may keep, and how many bytes their states may have together; `null` for no limit. */
    readonly quota: { readonly boards: number | null; readonly bytes: number | null };
    readonly assets: {
      /** Whether images in the service's own storage require a signed URL. */
      readonly ownAssets: 'signed' | 'open';
      /** The other hosts from which images may be fetched. */
      readonly allowedOrigins: readonly string[];
    };
    readonly drawingThreads: number;
    /** How long one export may take to draw, in seconds. */
    readonly budgetSeconds: number;
    readonly rateLimit: RateLimit | null;
  };
  /** The processes that decode the images of users. */
  readonly images: {
    readonly processes: number;
    /** Resident memory of all of them together. */
    readonly memoryMb: number;
  };

  readonly #variables: Variables;

  private constructor(env: Environment, variables: Variables) {
    this.#variables = variables;
    this.role = env.ROLE;
    this.http = httpOf(env);
    this.logLevel = env.LOG_LEVEL;
    this.database = { url: env.DATABASE_URL, exportUrl: env.EXPORT_DATABASE_URL ?? env.DATABASE_URL };
    this.queue = { redisUrl: env.REDIS_URL };
    this.storage = storageOf(env);
    this.auth = authOf(env);
    this.links = { secret: env.LINK_SECRET };
    this.console = consoleOf(env);
    this.encryption = { key: env.ENCRYPTION_KEY, previousKeys: env.ENCRYPTION_KEY_PREVIOUS };
    this.signing = signingOf(env);
    this.outbound = { allowedHosts: env.OUTBOUND_ALLOWED_HOSTS };
    this.exports = {
      concurrency: env.EXPORT_CONCURRENCY,
      threads: env.EXPORT_THREADS,
      perAccount: env.EXPORTS_PER_ACCOUNT,
      retentionDays: env.RETENTION_DAYS,
      leaseSeconds: env.EXPORT_LEASE_SECONDS,
      graceSeconds: env.SHUTDOWN_GRACE_SECONDS,
      rateLimit: env.RATE_LIMIT_EXPORTS,
      estimateMs: env.ESTIMATE_TIMEOUT_MS,
      maxEstimatedRows: env.MAX_ESTIMATED_ROWS,
      parallelism: env.EXPORT_PARALLELISM,
      maxSnapshotMinutes: env.EXPORT_MAX_SNAPSHOT_MINUTES,
      pace: env.EXPORT_PACE,
    };
    this.requestLimits = {
      sessions: env.RATE_LIMIT_SESSIONS,
      thumbnails: env.RATE_LIMIT_THUMBNAILS,
      'schedule-changes': env.RATE_LIMIT_SCHEDULE_CHANGES,
      estimates: env.RATE_LIMIT_ESTIMATES,
      'destination-tests': env.RATE_LIMIT_DESTINATION_TESTS,
    };
    this.schedules = { runsPerDay: env.SCHEDULED_RUNS_PER_DAY, adminRightDays: env.ADMIN_RIGHT_DAYS };
    this.downloads = { leaseSeconds: env.DOWNLOAD_LEASE_SECONDS, ackTimeoutSeconds: env.DOWNLOAD_ACK_TIMEOUT_SECONDS };
    this.pollIntervalMs = env.POLL_INTERVAL_MS;
    this.mail = mailOf(env);
    this.storageSweep = { graceSeconds: env.ORPHAN_GRACE_MINUTES * 60 };
    this.customers = { rateLimit: env.RATE_LIMIT_CUSTOMERS, failureLimit: env.RATE_LIMIT_CUSTOMER_FAILURES };
    this.boards = boardsOf(env);
    // A drawing decodes one image at a time; one more process is for the next drawing.
    this.images = { processes: env.DRAWING_THREADS + 1, memoryMb: env.IMAGE_MEMORY_MB };
  }

  /** @throws ConfigurationError naming every variable that is missing or wrong */
  static from(variables: Variables): Config {
    return new Config(Environment.parse(variables), variables);
  }

  static fromProcess(): Config {
    return Config.from(process.env);
  }

  /** The settings of an operator's program. */
  static databaseUrlOfProcess(): string {
    return Environment.databaseUrl(process.env);
  }

  /** The settings of programs that change tables. */
  static migrationOfProcess(): MigrationConfig {
    return migrationOf(process.env);
  }

  /** The settings of the program that makes signing keys. */
  static signingOfProcess(): Config['signing'] {
    return signingOf(Environment.signing(process.env));
  }

  /** Whether this process answers HTTP beyond its health and metrics. */
  get servesApi(): boolean {
    return this.role !== 'worker';
  }

  get runsJobs(): boolean {
    return this.role !== 'api';
  }

  /** The settings of one of the threads that make files: those of the process, with its share of what the threads divide. */
  get threadVariables(): Variables {
    const { threads, concurrency } = this.exports;
    const share = (count: number) => String(Math.ceil(count / Math.max(1, threads)));
    return {
      ...this.#variables,
      EXPORT_THREADS: '0',
      EXPORT_CONCURRENCY: share(concurrency),
      DRAWING_THREADS: share(this.boards.drawingThreads),
    };
  }
}

function authOf(env: Environment): Config['auth'] {
  return {
    jwtSecret: env.JWT_SECRET,
    jwksUrl: env.JWT_JWKS_URL,
    issuer: env.JWT_ISSUER,
    audiences: env.JWT_AUDIENCE,
    requiresTenant: env.JWT_REQUIRE_TENANT,
    maxAgeSeconds: env.JWT_MAX_AGE,
  };
}

function boardsOf(env: Environment): Config['boards'] {
  return {
    maxBytes: env.BOARD_MAX_BYTES,
    maxDepth: env.BOARD_MAX_DEPTH,
    quota: { boards: env.BOARDS_PER_USER, bytes: env.BOARD_BYTES_PER_USER },
    assets: { ownAssets: env.BOARD_ASSETS, allowedOrigins: env.BOARD_ASSET_HOSTS },
    drawingThreads: env.DRAWING_THREADS,
    budgetSeconds: env.DRAWING_BUDGET_SECONDS,
    rateLimit: env.RATE_LIMIT_BOARDS,
  };
}

function consoleOf(env: Environment): Config['console'] {
  const { CONSOLE_OIDC_ISSUER: issuer, CONSOLE_OIDC_CLIENT_ID: clientId, CONSOLE_OIDC_SCOPE: scope } = env;
  return { isOn: env.CONSOLE === 'on', oidc: issuer && clientId ? { issuer, clientId, scope } : null };
}

/** @throws ConfigurationError */
export function migrationOf(variables: Record<string, string | undefined>): MigrationConfig {
  const env = Environment.migration(variables);
  const roleIn = (url: string | undefined) =>
    url === undefined ? undefined : decodeURIComponent(new URL(url).username) || undefined;
  const owner = roleIn(env.url);
  const application = roleIn(env.DATABASE_URL);
  const reader = roleIn(env.EXPORT_DATABASE_URL);
  const hasOwnRole = env.MIGRATION_DATABASE_URL !== undefined && application !== owner;
  return {
    url: env.url,
    application: hasOwnRole ? application : undefined,
    reader: reader === application || reader === owner ? undefined : reader,
    queueIsInPostgres: env.REDIS_URL === undefined,
  };
}

function httpOf(env: Environment): Config['http'] {
  return {
    port: env.PORT,
    host: env.HOST,
    managementPort: env.MANAGEMENT_PORT,
    publicUrl: (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
    corsOrigins: env.CORS_ORIGINS,
    trustedProxies: env.TRUSTED_PROXIES,
    bodyTimeoutSeconds: env.BODY_TIMEOUT_SECONDS,
    largeBodies: { perCaller: env.LARGE_BODIES_PER_CALLER, totalBytes: env.LARGE_BODIES_MB * 1024 * 1024 },
    eventStreamsPerCaller: env.EVENT_STREAMS_PER_CALLER,
  };
}

function mailOf({ SMTP_URL: smtpUrl, MAIL_FROM: from, SMTP_TIMEOUT_SECONDS: timeoutSeconds }: Environment) {
  return smtpUrl && from ? { smtpUrl, from, timeoutSeconds } : null;
}

function signingOf({ SIGNING_KEY: key, SIGNING_PUBLIC_KEYS: publicKeys }: SigningEnvironment): Config['signing'] {
  return { key, publicKeys };
}

function storageOf(env: Environment): DiskStorageConfig | S3StorageConfig {
  if (env.STORAGE === 'disk') return { kind: 'disk', directory: env.STORAGE_DIR };
  return {
    kind: 's3',
    endpoint: env.S3_ENDPOINT,
    publicEndpoint: env.S3_PUBLIC_ENDPOINT,
    region: env.S3_REGION,
    // The environment was validated: S3 has a bucket.
    bucket: env.S3_BUCKET ?? '',
    accessKeyId: env.S3_ACCESS_KEY_ID,
    secretAccessKey: env.S3_SECRET_ACCESS_KEY,
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
    sse: env.S3_SSE,
    kmsKeyId: env.S3_KMS_KEY_ID,
  };
}
