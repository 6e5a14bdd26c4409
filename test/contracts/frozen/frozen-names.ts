import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const linesOf = (name: string) => readFileSync(join(__dirname, name), 'utf8').trim().split('\n');

/** `table.column type`, of every table that the service makes. */
export const COLUMNS = linesOf('columns.txt');

/** `name type {labels}`, of every metric that dashboards and alerts may ask for. */
export const METRICS = linesOf('metrics.txt');

/** What is looked for in the audit log. */
export const AUDIT_ACTIONS = linesOf('audit-actions.txt');

const HOUR = 3_600;

/** What settings mean where nothing is given. */
export const DEFAULTS = {
  ROLE: 'all',
  PORT: 8000,
  CORS_ORIGINS: '*',
  LOG_LEVEL: 'log',
  STORAGE: 'disk',
  STORAGE_DIR: './storage',
  S3_REGION: 'us-east-1',
  S3_FORCE_PATH_STYLE: false,
  ENCRYPTION_KEY_PREVIOUS: [],
  OUTBOUND_ALLOWED_HOSTS: [],
  RATE_LIMIT_BOARDS: { limit: 30, windowSeconds: 900 },
  RATE_LIMIT_EXPORTS: { limit: 5, windowSeconds: 900 },
  RATE_LIMIT_CUSTOMERS: { limit: 300, windowSeconds: 900 },
  RATE_LIMIT_CUSTOMER_FAILURES: { limit: 20, windowSeconds: 60 },
  RETENTION_DAYS: 7,
  ORPHAN_GRACE_MINUTES: 60,
  EXPORT_CONCURRENCY: 4,
  EXPORT_LEASE_SECONDS: 15,
  SHUTDOWN_GRACE_SECONDS: 25,
  BOARD_ASSET_HOSTS: [],
  BOARD_MAX_BYTES: 26_214_400,
};

/** Every setting as an operator writes it, and as it is read. */
export const SETTINGS: Readonly<Record<string, readonly [text: string, value: unknown]>> = {
  ROLE: ['worker', 'worker'],
  PORT: ['9000', 9000],
  HOST: ['127.0.0.1', '127.0.0.1'],
  PUBLIC_URL: ['https://exports.example.com/', 'https://exports.example.com/'],
  CORS_ORIGINS: ['https://a.example, https://b.example', ['https://a.example', 'https://b.example']],
  LOG_LEVEL: ['warn', 'warn'],
  DATABASE_URL: ['postgres://exports:pass@db.example/exports', 'postgres://exports:pass@db.example/exports'],
  EXPORT_DATABASE_URL: ['postgresql://reader@replica.example/exports', 'postgresql://reader@replica.example/exports'],
  REDIS_URL: ['rediss://redis.example:6380', 'rediss://redis.example:6380'],
  STORAGE: ['s3', 's3'],
  STORAGE_DIR: ['/srv/exports', '/srv/exports'],
  S3_ENDPOINT: ['http://minio:9000', 'http://minio:9000'],
  S3_PUBLIC_ENDPOINT: ['https://files.example', 'https://files.example'],
  S3_REGION: ['eu-central-1', 'eu-central-1'],
  S3_BUCKET: ['exports', 'exports'],
  S3_ACCESS_KEY_ID: ['key', 'key'],
  S3_SECRET_ACCESS_KEY: ['secret', 'secret'],
  S3_FORCE_PATH_STYLE: ['true', true],
  S3_SSE: ['aws:kms', 'aws:kms'],
  S3_KMS_KEY_ID: ['alias/exports', 'alias/exports'],
  JWT_SECRET: ['j'.repeat(32), 'j'.repeat(32)],
  JWT_JWKS_URL: ['https://login.example/jwks.json', 'https://login.example/jwks.json'],
  LINK_SECRET: ['l'.repeat(32), 'l'.repeat(32)],
  ENCRYPTION_KEY: ['aB'.repeat(32), Buffer.alloc(32, 0xab)],
  ENCRYPTION_KEY_PREVIOUS: [
    `${'01'.repeat(32)}, ${Buffer.alloc(32, 2).toString('base64')}`,
    [Buffer.alloc(32, 1), Buffer.alloc(32, 2)],
  ],
  OUTBOUND_ALLOWED_HOSTS: ['Hooks.internal, 10.0.0.7:8080', ['hooks.internal', '10.0.0.7:8080']],
  RATE_LIMIT_BOARDS: ['5/2h', { limit: 5, windowSeconds: 2 * HOUR }],
  RATE_LIMIT_EXPORTS: ['off', null],
  RATE_LIMIT_CUSTOMERS: ['100/1d', { limit: 100, windowSeconds: 24 * HOUR }],
  RATE_LIMIT_CUSTOMER_FAILURES: ['10/1m', { limit: 10, windowSeconds: 60 }],
  RETENTION_DAYS: ['0.5', 0.5],
  ORPHAN_GRACE_MINUTES: ['0.5', 0.5],
  EXPORT_CONCURRENCY: ['2', 2],
  EXPORT_LEASE_SECONDS: ['60', 60],
  SHUTDOWN_GRACE_SECONDS: ['0', 0],
  SMTP_URL: ['smtps://exports:pass@mail.example', 'smtps://exports:pass@mail.example'],
  MAIL_FROM: ['Exports <exports@example.com>', { name: 'Exports', address: 'exports@example.com' }],
  BOARD_ASSET_HOSTS: ['cdn.example', ['https://cdn.example']],
  BOARD_MAX_BYTES: ['2048', 2048],
  DRAWING_THREADS: ['3', 3],
};
