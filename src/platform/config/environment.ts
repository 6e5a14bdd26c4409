import { availableParallelism } from 'node:os';
import { z } from 'zod';
import {
  byteLimit,
  corsOrigins,
  countLimit,
  databaseUrl,
  duration,
  encryptionKey,
  hosts,
  list,
  oidcIssuer,
  origins,
  pace,
  proxies,
  rateLimit,
  secret,
  sender,
  signingKey,
  url,
  verificationKey,
  wholeNumber,
} from './variable-types';

const DEFAULT_PORT = 8000;

/** PostgreSQL, compression and drawing use the other cores. */
const CORES_PER_EXPORT_THREAD = 4;

/** The environment variables; .env.example describes each. */
const schema = z.object({
  ROLE: z.enum(['api', 'worker', 'all']).default('all'),
  PORT: wholeNumber(0, 65_535).default(DEFAULT_PORT),
  HOST: z.string().min(1).optional(),
  MANAGEMENT_PORT: wholeNumber(1, 65_535).optional(),
  PUBLIC_URL: url('http:', 'https:').optional(),
  CORS_ORIGINS: corsOrigins.default('*'),
  TRUSTED_PROXIES: proxies.default([]),
  BODY_TIMEOUT_SECONDS: wholeNumber(1, 3600).default(300),
  LARGE_BODIES_PER_CALLER: wholeNumber(1, 64).default(2),
  LARGE_BODIES_MB: wholeNumber(1, 65_536).default(150),
  LOG_LEVEL: z.enum(['error', 'warn', 'log', 'debug', 'verbose']).default('log'),
  DATABASE_URL: databaseUrl,
  EXPORT_DATABASE_URL: databaseUrl.optional(),
  MIGRATION_DATABASE_URL: databaseUrl.optional(),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  STORAGE: z.enum(['disk', 's3']).default('disk'),
  STORAGE_DIR: z.string().min(1).default('./storage'),
  S3_ENDPOINT: url('http:', 'https:').optional(),
  S3_PUBLIC_ENDPOINT: url('http:', 'https:').optional(),
  S3_REGION: z.string().min(1).default('us-east-1'),
  S3_BUCKET: z.string().min(3).optional(),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  S3_FORCE_PATH_STYLE: z.stringbool().default(false),
  S3_SSE: z.enum(['AES256', 'aws:kms']).optional(),
  S3_KMS_KEY_ID: z.string().min(1).optional(),
  JWT_SECRET: secret.optional(),
  JWT_JWKS_URL: url('http:', 'https:').optional(),
  JWT_ISSUER: z.string().min(1).optional(),
  // An empty list would accept any audience.
  JWT_AUDIENCE: list.refine((names) => names.length > 0, { error: 'must name an audience' }).default([]),
  JWT_REQUIRE_TENANT: z.stringbool().default(false),
  JWT_MAX_AGE: duration.default(null),
  LINK_SECRET: secret,
  CONSOLE: z.enum(['on', 'off']).default('on'),
  CONSOLE_OIDC_ISSUER: oidcIssuer.optional(),
  CONSOLE_OIDC_CLIENT_ID: z.string().min(1).optional(),
  CONSOLE_OIDC_SCOPE: z.string().min(1).default('openid'),
  ENCRYPTION_KEY: encryptionKey.optional(),
  ENCRYPTION_KEY_PREVIOUS: list.pipe(z.array(encryptionKey)).default([]),
  SIGNING_KEY: signingKey.optional(),
  SIGNING_PUBLIC_KEYS: list.pipe(z.array(verificationKey)).default([]),
  OUTBOUND_ALLOWED_HOSTS: hosts.default([]),
  RATE_LIMIT_BOARDS: rateLimit.default({ limit: 30, windowSeconds: 900 }),
  RATE_LIMIT_EXPORTS: rateLimit.default({ limit: 5, windowSeconds: 900 }),
  RATE_LIMIT_SESSIONS: rateLimit.default({ limit: 120, windowSeconds: 900 }),
  RATE_LIMIT_THUMBNAILS: rateLimit.default({ limit: 60, windowSeconds: 60 }),
  RATE_LIMIT_SCHEDULE_CHANGES: rateLimit.default({ limit: 60, windowSeconds: 900 }),
  SCHEDULED_RUNS_PER_DAY: wholeNumber(1, 1_000_000).default(200),
  ADMIN_RIGHT_DAYS: wholeNumber(1, 3650).default(30),
  RATE_LIMIT_CUSTOMERS: rateLimit.default({ limit: 300, windowSeconds: 900 }),
  RATE_LIMIT_CUSTOMER_FAILURES: rateLimit.default({ limit: 20, windowSeconds: 60 }),
  RATE_LIMIT_ESTIMATES: rateLimit.default({ limit: 120, windowSeconds: 60 }),
  RATE_LIMIT_DESTINATION_TESTS: rateLimit.default({ limit: 10, windowSeconds: 900 }),
  ESTIMATE_TIMEOUT_MS: wholeNumber(50, 10_000).default(150),
  MAX_ESTIMATED_ROWS: countLimit(1_000_000_000_000).default(null),
  EVENT_STREAMS_PER_CALLER: wholeNumber(1, 1000).default(10),
  RETENTION_DAYS: z.coerce.number().positive().max(3650).default(7),
  ORPHAN_GRACE_MINUTES: z.coerce.number().positive().max(43_200).default(60),
  EXPORT_CONCURRENCY: wholeNumber(1, 64).default(4),
  EXPORT_THREADS: wholeNumber(0, 16).default(Math.ceil(availableParallelism() / CORES_PER_EXPORT_THREAD)),
  EXPORTS_PER_ACCOUNT: wholeNumber(1, 64).default(2),
  EXPORT_PARALLELISM: wholeNumber(1, 64).default(Math.max(2, availableParallelism())),
  EXPORT_MAX_SNAPSHOT_MINUTES: z.coerce.number().positive().max(10_080).default(120),
  EXPORT_PACE: pace.default(null),
  EXPORT_LEASE_SECONDS: wholeNumber(3, 600).default(15),
  SHUTDOWN_GRACE_SECONDS: wholeNumber(0, 600).default(25),
  DOWNLOAD_LEASE_SECONDS: wholeNumber(2, 600).default(10),
  DOWNLOAD_ACK_TIMEOUT_SECONDS: wholeNumber(1, 600).default(30),
  POLL_INTERVAL_MS: wholeNumber(100, 10_000).default(2_000),
  SMTP_URL: url('smtp:', 'smtps:').optional(),
  MAIL_FROM: sender.optional(),
  SMTP_TIMEOUT_SECONDS: wholeNumber(1, 25).default(25),
  BOARD_ASSETS: z.enum(['signed', 'open']).default('signed'),
  BOARD_ASSET_HOSTS: origins.default([]),
  BOARD_MAX_BYTES: wholeNumber(1024).default(25 * 1024 * 1024),
  BOARD_MAX_DEPTH: wholeNumber(8, 1000).default(64),
  BOARDS_PER_USER: countLimit(1_000_000).default(1000),
  BOARD_BYTES_PER_USER: byteLimit.default(1024 ** 3),
  IMAGE_MEMORY_MB: wholeNumber(192, 65_536).default(512),
  DRAWING_THREADS: wholeNumber(1, 64).default(Math.min(availableParallelism(), 8)),
  DRAWING_BUDGET_SECONDS: wholeNumber(1, 3600).default(60),
});

export type Environment = z.infer<typeof schema>;

const MIGRATION_VARIABLES = {
  DATABASE_URL: true,
  EXPORT_DATABASE_URL: true,
  MIGRATION_DATABASE_URL: true,
  REDIS_URL: true,
} as const;

type MigrationEnvironment = Pick<Environment, keyof typeof MIGRATION_VARIABLES>;

export type Variables = Record<string, string | undefined>;

export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

export const Environment = {
  /** The names of all variables. */
  names: Object.keys(schema.shape),

  /**
   * @param variables as in `process.env`; an empty value counts as missing
   * @throws ConfigurationError with every variable that is missing or invalid
   */
  parse(variables: Variables): Environment {
    return checked(schema, variables, contradictions);
  },

  /**
   * The one variable that a program of the operator needs.
   * @throws ConfigurationError
   */
  databaseUrl(variables: Variables): string {
    return checked(z.object({ DATABASE_URL: databaseUrl }), variables).DATABASE_URL;
  },

  /**
   * The variables of the program that makes signing keys.
   * @throws ConfigurationError
   */
  signing(variables: Variables): Pick<Environment, 'SIGNING_KEY' | 'SIGNING_PUBLIC_KEYS'> {
    return checked(schema.pick({ SIGNING_KEY: true, SIGNING_PUBLIC_KEYS: true }), variables);
  },

  /**
   * The variables of programs that change tables. `MIGRATION_DATABASE_URL` defaults to `DATABASE_URL`.
   * @throws ConfigurationError
   */
  migration(variables: Variables): Partial<MigrationEnvironment> & { readonly url: string } {
    const env = checked(schema.pick(MIGRATION_VARIABLES).partial(), variables);
    return { ...env, url: env.MIGRATION_DATABASE_URL ?? Environment.databaseUrl(variables) };
  },
};

function checked<Result>(
  rules: z.ZodType<Result>,
  variables: Variables,
  furtherProblems: (given: Variables) => string[] = () => [],
): Result {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = rules.safeParse(given);
  const problems = result.error?.issues.map((issue) => {
    const variable = String(issue.path[0]);
    const missing = given[variable] === undefined && issue.code === 'invalid_type';
    return `${variable} ${missing ? 'is missing' : issue.message}`;
  });
  const allProblems = [...(problems ?? []), ...furtherProblems(given)];
  if (!result.success || allProblems.length > 0) throw new ConfigurationError(allProblems);
  return result.data;
}

/** Problems of combinations of variables. */
function contradictions(given: Variables): string[] {
  const has = (variable: string) => given[variable] !== undefined;
  return [
    !has('JWT_SECRET') &&
      !has('JWT_JWKS_URL') &&
      'JWT_SECRET is missing: give JWT_SECRET or JWT_JWKS_URL, or nobody can sign in',
    given['STORAGE'] === 's3' && !has('S3_BUCKET') && 'S3_BUCKET is missing, and STORAGE is s3',
    has('S3_ACCESS_KEY_ID') !== has('S3_SECRET_ACCESS_KEY') &&
      'S3_SECRET_ACCESS_KEY and S3_ACCESS_KEY_ID go together: give both, or neither to use the AWS default chain',
    has('MANAGEMENT_PORT') &&
      Number(given['MANAGEMENT_PORT']) === Number(given['PORT'] ?? DEFAULT_PORT) &&
      'MANAGEMENT_PORT must differ from PORT',
    has('SMTP_URL') && !has('MAIL_FROM') && 'MAIL_FROM is missing: give it with SMTP_URL, as the sender of all mail',
    has('ENCRYPTION_KEY_PREVIOUS') &&
      !has('ENCRYPTION_KEY') &&
      'ENCRYPTION_KEY is missing: ENCRYPTION_KEY_PREVIOUS only opens what was sealed before',
    has('CONSOLE_OIDC_ISSUER') &&
      !has('CONSOLE_OIDC_CLIENT_ID') &&
      'CONSOLE_OIDC_CLIENT_ID is missing: give it with CONSOLE_OIDC_ISSUER, or neither',
    has('CONSOLE_OIDC_CLIENT_ID') &&
      !has('CONSOLE_OIDC_ISSUER') &&
      'CONSOLE_OIDC_ISSUER is missing: give it with CONSOLE_OIDC_CLIENT_ID, or neither',
    has('CONSOLE_OIDC_ISSUER') &&
      !has('JWT_JWKS_URL') &&
      'JWT_JWKS_URL is missing: give the key set of CONSOLE_OIDC_ISSUER, or its tokens are refused',
    has('S3_KMS_KEY_ID') && given['S3_SSE'] !== 'aws:kms' && 'S3_SSE must be aws:kms when S3_KMS_KEY_ID is given',
  ].filter((problem) => problem !== false);
}
