import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { isMailAddress } from '../mail/mail-address';
import type { PaceLimit } from '../database/pace';
import type { RateLimit } from '../rate-limit';
import { readPrivateKey, readPublicKey } from '../signing/signing-key';

const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** An issuer of OpenID Connect. Tokens name it exactly as it is written, so that nothing is normalised. */
const oidcIssuer = z.string().refine(
  (value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, hostname, search, hash, username } = new URL(value);
    const isProtected = protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOST.test(hostname));
    return isProtected && search === '' && hash === '' && username === '';
  },
  { error: 'must be a URL that begins with https://, without a query; http:// is for this machine only' },
);

const databaseUrl = url('postgres:', 'postgresql:');

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

const wholeNumber = (least: number, most?: number) => {
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  return z
    .string()
    .transform(Number)
    .refine((value) => Number.isSafeInteger(value) && value >= least && value <= (most ?? Infinity), {
      error: `must be a whole number ${range}`,
    });
};

const secret = z.string().min(32, 'must have at least 32 characters; `openssl rand -hex 32` makes one');

/** An address, alone or behind a name: `Exports <no-reply@example.com>`. */
const sender = z.string().transform((value, context): Sender => {
  const [, name = '', bracketed] = /^([^<>\p{Cc}]*)<([^<>]*)>$/u.exec(value) ?? [];
  const address = bracketed ?? value;
  if (isMailAddress(address)) return { name: name.trim(), address };
  context.addIssue({ code: 'custom', message: 'must be like exports@example.com or Exports <exports@example.com>' });
  return z.NEVER;
});

const KEY_BYTES = 32;

const withoutPadding = (base64: string) => base64.replace(/=+$/, '');

/** 32 bytes, as 64 hexadecimal digits or in base64. */
const encryptionKey = z.string().transform((value, context): Buffer => {
  const key = Buffer.from(value, /^[0-9a-f]{64}$/i.test(value) ? 'hex' : 'base64');
  // Node ignores invalid characters. Encoding the bytes again reveals them.
  const isExact =
    key.toString('hex') === value.toLowerCase() || withoutPadding(key.toString('base64')) === withoutPadding(value);
  if (key.length === KEY_BYTES && isExact) return key;
  context.addIssue({
    code: 'custom',
    message: 'must be 32 bytes as 64 hexadecimal digits or in base64; `openssl rand -hex 32` makes them',
  });
  return z.NEVER;
});

/** The private key that signs: Ed25519, PKCS #8. */
const signingKey = z.string().transform((value, context): KeyObject => {
  const key = readPrivateKey(value);
  if (key) return key;
  const message = 'must be a private Ed25519 key: PEM (PKCS #8) or its base64 on one line; `npm run keys` makes one';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** A public key that verifies: Ed25519, SPKI. */
const verificationKey = z.string().transform((value, context): KeyObject => {
  const key = readPublicKey(value);
  if (key) return key;
  const message = 'must be public Ed25519 keys: PEM (SPKI) or its base64 on one line; `npm run keys` shows them';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const DEFAULT_PORT = 8000;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds, or a number with a unit; `null` for no limit. */
const duration = z.string().transform((value, context): number | null => {
  if (value === 'off') return null;
  const [, length, unit = 's'] = /^([1-9]\d{0,8})([smhd])?$/.exec(value) ?? [];
  if (length !== undefined) return Number(length) * SECONDS[unit as keyof typeof SECONDS];
  context.addIssue({ code: 'custom', message: 'must be seconds, like 3600, or like 12h (units s, m, h, d), or off' });
  return z.NEVER;
});

const rateLimit = z.string().transform((value, context): RateLimit | null => {
  if (value === 'off') return null;
  const [, limit, length, unit] = /^([1-9]\d{0,6})\/([1-9]\d{0,4})([smhd])$/.exec(value) ?? [];
  if (limit === undefined || length === undefined || unit === undefined) {
    context.addIssue({ code: 'custom', message: 'must be like 5/15m (5 in 15 minutes; units s, m, h, d) or off' });
    return z.NEVER;
  }
  return { limit: Number(limit), windowSeconds: Number(length) * SECONDS[unit as keyof typeof SECONDS] };
});

/** A maximum number; `null` for no limit. */
const countLimit = (most: number) =>
  z
    .string()
    .transform((value) => (value === 'off' ? null : Number(value)))
    .refine((value) => value === null || (Number.isSafeInteger(value) && value >= 1 && value <= most), {
      error: `must be a whole number from 1 to ${most}, or off`,
    });

const BYTES: Readonly<Record<string, number>> = { '': 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

/** A number of bytes, or `null` for no limit. */
const byteLimit = z.string().transform((value, context): number | null => {
  if (value === 'off') return null;
  const [, number, unit = ''] = /^([1-9]\d{0,14})(KB|MB|GB|TB)?$/.exec(value) ?? [];
  const bytes = Number(number) * (BYTES[unit] ?? NaN);
  if (Number.isSafeInteger(bytes)) return bytes;
  context.addIssue({
    code: 'custom',
    message: 'must be bytes, like 1073741824, 500MB or 1GB (units KB, MB, GB, TB), or off',
  });
  return z.NEVER;
});

/** Rows or bytes a second; `null` for no limit. */
const pace = z.string().transform((value, context): PaceLimit | null => {
  if (value === 'off') return null;
  const [, rows] = /^([1-9]\d{0,11})rows$/.exec(value) ?? [];
  if (rows !== undefined) return { unit: 'rows', perSecond: Number(rows) };
  const [, number, unit = ''] = /^([1-9]\d{0,8})(KB|MB|GB)$/.exec(value) ?? [];
  if (number !== undefined) return { unit: 'bytes', perSecond: Number(number) * (BYTES[unit] ?? NaN) };
  context.addIssue({
    code: 'custom',
    message: 'must be like 20MB or 50000rows (a second; units KB, MB, GB, rows), or off',
  });
  return z.NEVER;
});

/** `host` and `host:port` mean https. */
const origins = list.transform((entries, context) =>
  entries.map((entry) => {
    const address = entry.includes('://') ? entry : `https://${entry}`;
    const url = URL.canParse(address) ? new URL(address) : null;
    const isBare = url !== null && url.href === `${url.origin}/` && /^https?:$/.test(url.protocol);
    if (isBare) return url.origin;
    context.addIssue({ code: 'custom', message: `has "${entry}", which is not host, host:port or http://host:port` });
    return z.NEVER;
  }),
);

/** `*`, or origins as in the `Origin` header. `null` is refused, because any page can have it. */
const corsOrigins = z.string().transform((value, context): readonly string[] | '*' => {
  if (value.trim() === '*') return '*';
  return list.parse(value).map((entry) => {
    const [origin] = /^[a-z][a-z\d+.-]*:\/\/[^/?#@*\s]+(?=\/?$)/i.exec(entry) ?? [];
    if (origin !== undefined && URL.canParse(origin)) {
      const url = new URL(origin);
      // URL has no origin for custom schemes, such as those of mobile apps.
      return url.origin === 'null' ? origin.toLowerCase() : url.origin;
    }
    context.addIssue({
      code: 'custom',
      message: `has "${entry}", which is not an origin: like https://app.example.com`,
    });
    return z.NEVER;
  });
});

const HOST = /^(\[[\da-f:.]+\]|[^\s:/?#@[\]\\]+)(?::(\d{1,5}))?$/i;

/** `host` for all of its ports, or `host:port`, as `URL` writes them. */
const hosts = list.transform((entries, context) =>
  entries.map((entry) => {
    const [, host, port] = HOST.exec(entry) ?? [];
    if (host !== undefined && URL.canParse(`https://${host}/`)) {
      const { hostname } = new URL(`https://${host}/`);
      return port === undefined ? hostname : `${hostname}:${Number(port)}`;
    }
    context.addIssue({ code: 'custom', message: `has "${entry}", which is not host or host:port` });
    return z.NEVER;
  }),
);

/** Named ranges of Express: https://expressjs.com/en/guide/behind-proxies.html */
const PROXY_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

/** The trusted proxies: addresses, CIDR blocks and the named ranges of Express. */
const proxies = list.transform((entries, context) => {
  const wrong = entries.find((entry) => !PROXY_RANGES.includes(entry) && !isAddressBlock(entry));
  if (wrong === undefined) return entries;
  context.addIssue({
    code: 'custom',
    message: `has "${wrong}", which is not an address, a CIDR block such as 10.0.0.0/8, or one of ${PROXY_RANGES.join(', ')}`,
  });
  return z.NEVER;
});

function isAddressBlock(entry: string): boolean {
  const [, address = '', prefix] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(entry) ?? [];
  const version = isIP(address);
  if (version === 0) return false;
  return prefix === undefined || (Number(prefix) >= 1 && Number(prefix) <= (version === 4 ? 32 : 128));
}

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

/** The sender of all mail. */
export interface Sender {
  /** May be empty. */
  readonly name: string;
  readonly address: string;
}

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
