import { createSigningKey, formatKey, publicPartOf } from '../signing/signing-key';
import { Config } from './config';
import { ConfigurationError, Environment } from './environment';

type Variables = Record<string, string>;

/** What is always needed, and nothing else. */
const NEEDED: Variables = {
  DATABASE_URL: 'postgresql://exports:pass@db.example.com:5432/exports',
  JWT_SECRET: 'j'.repeat(32),
  LINK_SECRET: 'l'.repeat(32),
};

const SIGNING_KEY = createSigningKey();

const ISSUER = { CONSOLE_OIDC_ISSUER: 'https://login.example.com' };
const JWKS = 'https://login.example.com/jwks.json';

/** A value for everything; the type sees to it that nothing is forgotten. */
const EVERYTHING = {
  ROLE: 'worker',
  PORT: '9000',
  HOST: '127.0.0.1',
  MANAGEMENT_PORT: '9001',
  PUBLIC_URL: 'https://exports.example.com/',
  CORS_ORIGINS: 'https://a.example.com, https://b.example.com',
  TRUSTED_PROXIES: 'loopback, 10.1.0.0/16,2001:db8::7',
  BODY_TIMEOUT_SECONDS: '60',
  LARGE_BODIES_PER_CALLER: '3',
  LARGE_BODIES_MB: '100',
  LOG_LEVEL: 'warn',
  DATABASE_URL: 'postgres://exports:pass@db.example.com/exports',
  EXPORT_DATABASE_URL: 'postgres://reader:pass@replica.example.com/exports',
  MIGRATION_DATABASE_URL: 'postgres://owner:pass@db.example.com/exports',
  REDIS_URL: 'rediss://redis.example.com:6380',
  STORAGE: 's3',
  STORAGE_DIR: '/srv/exports',
  S3_ENDPOINT: 'http://minio:9000',
  S3_PUBLIC_ENDPOINT: 'https://files.example.com',
  S3_REGION: 'eu-central-1',
  S3_BUCKET: 'exports',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
  S3_FORCE_PATH_STYLE: 'true',
  S3_SSE: 'aws:kms',
  S3_KMS_KEY_ID: 'alias/exports',
  JWT_SECRET: 'j'.repeat(32),
  JWT_JWKS_URL: 'https://login.example.com/jwks.json',
  JWT_ISSUER: 'https://login.example.com/',
  JWT_AUDIENCE: 'exports, https://exports.example.com',
  JWT_REQUIRE_TENANT: 'true',
  JWT_MAX_AGE: '12h',
  LINK_SECRET: 'l'.repeat(32),
  CONSOLE: 'off',
  CONSOLE_OIDC_ISSUER: 'https://login.example.com/',
  CONSOLE_OIDC_CLIENT_ID: 'export-console',
  CONSOLE_OIDC_SCOPE: 'openid email',
  ENCRYPTION_KEY: 'aB'.repeat(32),
  ENCRYPTION_KEY_PREVIOUS: `${'01'.repeat(32)}, ${Buffer.alloc(32, 2).toString('base64')}`,
  SIGNING_KEY: formatKey(SIGNING_KEY),
  SIGNING_PUBLIC_KEYS: `${formatKey(publicPartOf(SIGNING_KEY))}, ${formatKey(publicPartOf(createSigningKey()))}`,
  OUTBOUND_ALLOWED_HOSTS: 'Hooks.internal, 10.0.0.7:8080, [::1]:9000,',
  RATE_LIMIT_BOARDS: '5/2h',
  RATE_LIMIT_EXPORTS: '7/1h',
  RATE_LIMIT_SESSIONS: '20/1h',
  RATE_LIMIT_THUMBNAILS: '30/1m',
  RATE_LIMIT_SCHEDULE_CHANGES: '40/1h',
  SCHEDULED_RUNS_PER_DAY: '500',
  ADMIN_RIGHT_DAYS: '7',
  RATE_LIMIT_CUSTOMERS: '100/1h',
  RATE_LIMIT_CUSTOMER_FAILURES: '10/1m',
  RATE_LIMIT_ESTIMATES: '50/1m',
  RATE_LIMIT_DESTINATION_TESTS: '3/1h',
  ESTIMATE_TIMEOUT_MS: '400',
  MAX_ESTIMATED_ROWS: '1000000',
  EVENT_STREAMS_PER_CALLER: '4',
  RETENTION_DAYS: '0.5',
  ORPHAN_GRACE_MINUTES: '0.5',
  EXPORT_CONCURRENCY: '2',
  EXPORT_THREADS: '2',
  EXPORTS_PER_ACCOUNT: '3',
  EXPORT_PARALLELISM: '6',
  EXPORT_MAX_SNAPSHOT_MINUTES: '30',
  EXPORT_PACE: '20MB',
  EXPORT_LEASE_SECONDS: '60',
  SHUTDOWN_GRACE_SECONDS: '0',
  DOWNLOAD_LEASE_SECONDS: '20',
  DOWNLOAD_ACK_TIMEOUT_SECONDS: '45',
  POLL_INTERVAL_MS: '500',
  SMTP_URL: 'smtps://exports:pass@mail.example.com',
  MAIL_FROM: 'Exports <exports@example.com>',
  SMTP_TIMEOUT_SECONDS: '12',
  BOARD_ASSETS: 'open',
  BOARD_ASSET_HOSTS: 'cdn.example.com, ,images.example.com',
  BOARD_MAX_BYTES: '2048',
  BOARD_MAX_DEPTH: '32',
  BOARDS_PER_USER: '50',
  BOARD_BYTES_PER_USER: '500MB',
  IMAGE_MEMORY_MB: '256',
  DRAWING_THREADS: '3',
  DRAWING_BUDGET_SECONDS: '90',
} satisfies Record<keyof Environment, string>;

const SENDER = { name: 'Exports', address: 'exports@example.com' };

/** What is said of variables that are not right, one line a problem. */
function problemsOf(variables: Record<string, string | undefined>): readonly string[] {
  try {
    Environment.parse(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('Environment', () => {
  it('has a definition for every variable', () => {
    expect([...Environment.names].sort()).toEqual(Object.keys(EVERYTHING).sort());
    expect(Object.keys(Environment.parse(EVERYTHING)).sort()).toEqual(Object.keys(EVERYTHING).sort());
  });

  it('accepts the required variables only', () => {
    expect(problemsOf(NEEDED)).toEqual([]);
  });

  it.each(['DATABASE_URL', 'LINK_SECRET'])('reports that %s is missing', (variable) => {
    expect(problemsOf({ ...NEEDED, [variable]: undefined })).toEqual([`${variable} is missing`]);
  });

  it('treats an empty value as missing', () => {
    expect(problemsOf({ ...NEEDED, DATABASE_URL: '' })).toEqual(['DATABASE_URL is missing']);
    expect(Environment.parse({ ...NEEDED, PORT: '', STORAGE: '', REDIS_URL: '' })).toEqual(Environment.parse(NEEDED));
  });

  it.each([
    ['ROLE', 'server', /"api"\|"worker"\|"all"/],
    ['PORT', 'http', /number/],
    ['PORT', '65536', /65535/],
    ['PORT', '80.5', /whole number/],
    ['BOARD_ASSET_HOSTS', 'cdn.example.com,https://user@host/path', /"https:\/\/user@host\/path"/],
    ['BOARD_ASSET_HOSTS', 'file:///etc', /host:port/],
    ['PUBLIC_URL', 'exports.example.com', /must be a URL that begins with http:\/\/ or https:\/\//],
    ['LOG_LEVEL', 'loud', /"error"\|"warn"\|"log"\|"debug"\|"verbose"/],
    ['DATABASE_URL', 'mysql://localhost/exports', /must be a URL that begins with postgres:\/\/ or postgresql:\/\//],
    ['REDIS_URL', 'localhost:6379', /must be a URL that begins with redis:\/\/ or rediss:\/\//],
    ['STORAGE', 'tape', /"disk"\|"s3"/],
    ['S3_BUCKET', 'ab', /3/],
    ['S3_FORCE_PATH_STYLE', 'perhaps', /true/],
    ['S3_SSE', 'AES128', /"AES256"\|"aws:kms"/],
    ['JWT_SECRET', 'short', /at least 32 characters; `openssl rand -hex 32` makes one/],
    ['LINK_SECRET', 'l'.repeat(31), /at least 32 characters; `openssl rand -hex 32` makes one/],
    ['ENCRYPTION_KEY', 'ab'.repeat(31), /32 bytes as 64 hexadecimal digits or in base64; `openssl rand -hex 32`/],
    ['ENCRYPTION_KEY', `${'A'.repeat(20)} ${'A'.repeat(23)}`, /32 bytes/],
    ['SIGNING_KEY', 'ab'.repeat(32), /private Ed25519 key: PEM \(PKCS #8\) .* `npm run keys` makes one/],
    ['SIGNING_PUBLIC_KEYS', formatKey(SIGNING_KEY), /public Ed25519 keys: PEM \(SPKI\)/],
    ['OUTBOUND_ALLOWED_HOSTS', 'http://hooks.internal', /"http:\/\/hooks.internal", which is not host or host:port/],
    ['OUTBOUND_ALLOWED_HOSTS', 'a:b', /host:port/],
    ['OUTBOUND_ALLOWED_HOSTS', 'u@host', /host:port/],
    ['RETENTION_DAYS', '0', /0/],
    ['ORPHAN_GRACE_MINUTES', '0', /0/],
    ['EXPORT_CONCURRENCY', '0', /1/],
    ['EXPORT_THREADS', '17', /16/],
    ['EXPORTS_PER_ACCOUNT', '0', /from 1 to 64/],
    ['SCHEDULED_RUNS_PER_DAY', '0', /from 1 to 1000000/],
    ['ADMIN_RIGHT_DAYS', '0', /from 1 to 3650/],
    ['JWT_MAX_AGE', '1y', /must be seconds, like 3600, or like 12h \(units s, m, h, d\), or off/],
    ['JWT_MAX_AGE', '0', /must be seconds/],
    ['JWT_AUDIENCE', ' , ', /must name an audience/],
    ['JWT_REQUIRE_TENANT', 'perhaps', /true/],
    ['BOARDS_PER_USER', '0', /must be a whole number from 1 to 1000000, or off/],
    ['BOARD_BYTES_PER_USER', '0', /must be bytes, like 1073741824, 500MB or 1GB/],
    ['BOARD_BYTES_PER_USER', '1.5GB', /or off/],
    ['BOARD_BYTES_PER_USER', '9999999TB', /must be bytes/],
    ['RATE_LIMIT_THUMBNAILS', '60', /like 5\/15m .* or off/],
    ['EXPORT_LEASE_SECONDS', '2', /3/],
    ['EXPORT_PARALLELISM', '0', /from 1 to 64/],
    ['EXPORT_MAX_SNAPSHOT_MINUTES', '0', /0/],
    ['EXPORT_PACE', '20', /like 20MB or 50000rows/],
    ['EXPORT_PACE', '0rows', /like 20MB or 50000rows/],
    ['ESTIMATE_TIMEOUT_MS', '49', /from 50 to 10000/],
    ['SHUTDOWN_GRACE_SECONDS', '-1', /0/],
    ['DOWNLOAD_LEASE_SECONDS', '1', /from 2 to 600/],
    ['DOWNLOAD_ACK_TIMEOUT_SECONDS', '0', /from 1 to 600/],
    ['POLL_INTERVAL_MS', '99', /from 100 to 10000/],
    ['SMTP_URL', 'mail.example.com:25', /must be a URL that begins with smtp:\/\/ or smtps:\/\//],
    ['MAIL_FROM', 'Exports', /like exports@example.com or Exports <exports@example.com>/],
    ['MAIL_FROM', 'Exports <a@example.com>, b@example.com', /like exports@example.com/],
    ['SMTP_TIMEOUT_SECONDS', '26', /from 1 to 25/],
    ['BOARD_MAX_BYTES', '10MB', /number/],
    ['DRAWING_THREADS', '65', /64/],
  ])('rejects %s=%s and says what is valid', (variable, value, right) => {
    // With a sender, as mail has none by itself.
    const [problem, ...others] = problemsOf({ ...NEEDED, MAIL_FROM: 'exports@example.com', [variable]: value });

    expect(problem).toMatch(new RegExp(`^${variable} `));
    expect(problem).toMatch(right);
    expect(others).toEqual([]);
  });

  it('reports all problems at once, one per line', () => {
    const wrong = () => Environment.parse({ ...NEEDED, DATABASE_URL: undefined, ROLE: 'server', LINK_SECRET: 'short' });

    expect(wrong).toThrow(
      /^The configuration is not right:\n {2}- ROLE .*\n {2}- DATABASE_URL is missing\n {2}- LINK_SECRET must .*$/,
    );
  });

  it('never prints a value, which may be a secret', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://u:hunter2@db/x',
      JWT_SECRET: 'hunter2',
      LINK_SECRET: 'hunter2',
    });

    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('requires a way to verify tokens', () => {
    const noSecret = { ...NEEDED, JWT_SECRET: undefined };

    expect(problemsOf(noSecret)).toEqual([
      'JWT_SECRET is missing: give JWT_SECRET or JWT_JWKS_URL, or nobody can sign in',
    ]);
    expect(problemsOf({ ...noSecret, JWT_JWKS_URL: 'https://login.example.com/jwks.json' })).toEqual([]);
  });

  it.each<[string, Variables, string]>([
    ['S3 without a bucket', { STORAGE: 's3' }, 'S3_BUCKET'],
    ['an S3 key without its secret', { S3_ACCESS_KEY_ID: 'key' }, 'S3_SECRET_ACCESS_KEY'],
    ['an S3 secret without its key', { S3_SECRET_ACCESS_KEY: 'secret' }, 'S3_SECRET_ACCESS_KEY'],
    ['mail without a sender', { SMTP_URL: 'smtp://localhost' }, 'MAIL_FROM'],
    ['a former key without one of now', { ENCRYPTION_KEY_PREVIOUS: '01'.repeat(32) }, 'ENCRYPTION_KEY'],
    ['an issuer without a client', { ...ISSUER, JWT_JWKS_URL: JWKS }, 'CONSOLE_OIDC_CLIENT_ID'],
    ['a client without an issuer', { CONSOLE_OIDC_CLIENT_ID: 'console' }, 'CONSOLE_OIDC_ISSUER'],
    ['an issuer whose keys are unknown', { ...ISSUER, CONSOLE_OIDC_CLIENT_ID: 'console' }, 'JWT_JWKS_URL'],
    ['a KMS key without KMS', { S3_KMS_KEY_ID: 'alias/exports', S3_SSE: 'AES256' }, 'S3_SSE'],
  ])('rejects %s', (_, variables, named) => {
    expect(problemsOf({ ...NEEDED, ...variables })).toEqual([expect.stringMatching(`^${named} `)]);
  });

  it.each([
    ['https://login.example.com/realms/a', true],
    ['http://localhost:8080', true],
    ['http://127.0.0.1:8080/', true],
    ['http://[::1]', true],
    ['http://login.example.com', false],
    ['http://localhost.example.com', false],
    ['https://user@login.example.com', false],
    ['https://login.example.com?a=b', false],
    ['login.example.com', false],
  ])('accepts the issuer %s: %s', (issuer, isAccepted) => {
    const variables = { ...NEEDED, JWT_JWKS_URL: JWKS, CONSOLE_OIDC_ISSUER: issuer, CONSOLE_OIDC_CLIENT_ID: 'console' };

    const wrong = [expect.stringMatching(/^CONSOLE_OIDC_ISSUER must be a URL that begins with https:\/\//)];
    expect(problemsOf(variables)).toEqual(isAccepted ? [] : wrong);
  });

  it('requires a single variable for a migration', () => {
    expect(Environment.databaseUrl({ DATABASE_URL: NEEDED['DATABASE_URL'] })).toBe(NEEDED['DATABASE_URL']);
    expect(() => Environment.databaseUrl({})).toThrow(ConfigurationError);
  });
});

describe('Config', () => {
  it('contains the value of every variable', () => {
    expect(Config.from(EVERYTHING)).toEqual({
      role: 'worker',
      http: {
        port: 9000,
        host: '127.0.0.1',
        managementPort: 9001,
        publicUrl: 'https://exports.example.com',
        corsOrigins: ['https://a.example.com', 'https://b.example.com'],
        trustedProxies: ['loopback', '10.1.0.0/16', '2001:db8::7'],
        bodyTimeoutSeconds: 60,
        largeBodies: { perCaller: 3, totalBytes: 100 * 1024 * 1024 },
        eventStreamsPerCaller: 4,
      },
      logLevel: 'warn',
      database: { url: EVERYTHING.DATABASE_URL, exportUrl: EVERYTHING.EXPORT_DATABASE_URL },
      queue: { redisUrl: EVERYTHING.REDIS_URL },
      storage: {
        kind: 's3',
        endpoint: 'http://minio:9000',
        publicEndpoint: 'https://files.example.com',
        region: 'eu-central-1',
        bucket: 'exports',
        accessKeyId: 'key',
        secretAccessKey: 'secret',
        forcePathStyle: true,
        sse: 'aws:kms',
        kmsKeyId: 'alias/exports',
      },
      auth: {
        jwtSecret: EVERYTHING.JWT_SECRET,
        jwksUrl: EVERYTHING.JWT_JWKS_URL,
        issuer: 'https://login.example.com/',
        audiences: ['exports', 'https://exports.example.com'],
        requiresTenant: true,
        maxAgeSeconds: 12 * 3600,
      },
      links: { secret: EVERYTHING.LINK_SECRET },
      console: {
        isOn: false,
        oidc: { issuer: 'https://login.example.com/', clientId: 'export-console', scope: 'openid email' },
      },
      encryption: { key: Buffer.alloc(32, 0xab), previousKeys: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] },
      signing: { key: SIGNING_KEY, publicKeys: [expect.anything(), expect.anything()] },
      outbound: { allowedHosts: ['hooks.internal', '10.0.0.7:8080', '[::1]:9000'] },
      exports: {
        concurrency: 2,
        threads: 2,
        perAccount: 3,
        retentionDays: 0.5,
        leaseSeconds: 60,
        graceSeconds: 0,
        rateLimit: { limit: 7, windowSeconds: 3600 },
        estimateMs: 400,
        maxEstimatedRows: 1_000_000,
        parallelism: 6,
        maxSnapshotMinutes: 30,
        pace: { unit: 'bytes', perSecond: 20_971_520 },
      },
      requestLimits: {
        sessions: { limit: 20, windowSeconds: 3600 },
        thumbnails: { limit: 30, windowSeconds: 60 },
        'schedule-changes': { limit: 40, windowSeconds: 3600 },
        estimates: { limit: 50, windowSeconds: 60 },
        'destination-tests': { limit: 3, windowSeconds: 3600 },
      },
      schedules: { runsPerDay: 500, adminRightDays: 7 },
      downloads: { leaseSeconds: 20, ackTimeoutSeconds: 45 },
      pollIntervalMs: 500,
      mail: { smtpUrl: EVERYTHING.SMTP_URL, from: SENDER, timeoutSeconds: 12 },
      storageSweep: { graceSeconds: 30 },
      customers: {
        rateLimit: { limit: 100, windowSeconds: 3600 },
        failureLimit: { limit: 10, windowSeconds: 60 },
      },
      boards: {
        maxBytes: 2048,
        maxDepth: 32,
        quota: { boards: 50, bytes: 500 * 1024 ** 2 },
        assets: { ownAssets: 'open', allowedOrigins: ['https://cdn.example.com', 'https://images.example.com'] },
        drawingThreads: 3,
        budgetSeconds: 90,
        rateLimit: { limit: 5, windowSeconds: 7200 },
      },
      images: { processes: 4, memoryMb: 256 },
    });
  });
});
