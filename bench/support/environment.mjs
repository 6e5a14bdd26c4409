// @ts-check
// Benchmarks run against PostgreSQL with fsync, processes of the built service, and files on disk.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../dev/process.mjs';
import { ApiClient, tokenFor } from '../../dev/service/client.mjs';
import { freePort } from '../../dev/service/ports.mjs';
import { migrate, plainEnvironment, startService } from '../../dev/service/service.mjs';
import { removeAbandoned, startStack } from '../../dev/stack.mjs';

/**
 * @typedef {import('../../dev/service/resource-stack.mjs').ResourceStack} ResourceStack
 * @typedef {import('../../dev/service/client.mjs').ExportRecord} ExportRecord
 * @typedef {import('../../dev/service/service.mjs').Service} Service
 *
 * @typedef {object} Bench
 * @property {string} name to choose it by on the command line
 * @property {(environment: BenchEnvironment) => Promise<import('./report.mjs').Row[]>} measure
 *
 * @typedef {object} BenchOptions
 * @property {number} scale a part of the usual size, to see whether a bench works: its figures mean nothing
 * @property {string | null} against the folder of another checkout, which is built
 */

const LARGE_STEP = 1_000_000;

/** Short enough to measure the end precisely, long enough not to load the service. */
const usualPauseMs = 20;

export class BenchEnvironment {
  #resources;
  #scale;
  token;
  databaseUrl;
  storage;
  against;

  /**
   * @param {ResourceStack} resources
   * @param {{ databaseUrl: string, storage: string, token: string }} found
   * @param {BenchOptions} options
   */
  constructor(resources, { databaseUrl, storage, token }, { scale, against }) {
    this.#resources = resources;
    this.#scale = scale;
    this.token = token;
    this.databaseUrl = databaseUrl;
    this.storage = storage;
    this.against = against;
  }

  /** @param {ResourceStack} resources @param {BenchOptions} options */
  static async open(resources, options) {
    const stacks = join(projectRoot, '.stack');
    removeAbandoned(stacks, 'bench-');
    const directory = join(stacks, `bench-${process.pid}`);
    const { databaseUrl } = await resources.start(
      () => startStack({ directory, persistent: false, fsync: true }),
      (started) => started.stop(),
    );
    await migrate(databaseUrl);
    const storage = join(directory, 'storage');
    mkdirSync(storage);
    const token = await tokenFor('bench', '--role', 'admin');
    return new BenchEnvironment(resources, { databaseUrl, storage, token }, options);
  }

  /** So many rows, bytes or milliseconds, at the chosen scale; above a million they are whole millions. @param {number} usual */
  size(usual) {
    const scaled = Math.ceil(usual * this.#scale);
    return scaled > LARGE_STEP ? Math.ceil(scaled / LARGE_STEP) * LARGE_STEP : scaled;
  }

  /** How often something is measured; once where the sizes are scaled down. @param {number} usual */
  rounds(usual) {
    return this.#scale < 1 ? 1 : usual;
  }

  /**
   * Starts a fresh process, so that no earlier bench affects the figures.
   * @param {Record<string, string>} [settings]
   * @param {{ program?: string, databaseUrl?: string }} [build] another build, and its database
   */
  async startService(settings = {}, { program, databaseUrl = this.databaseUrl } = {}) {
    const unlimited = {
      RATE_LIMIT_BOARDS: 'off',
      RATE_LIMIT_EXPORTS: 'off',
      RATE_LIMIT_SESSIONS: 'off',
      RATE_LIMIT_THUMBNAILS: 'off',
      RATE_LIMIT_SCHEDULE_CHANGES: 'off',
    };
    const env = { ...plainEnvironment(), ...unlimited, LOG_LEVEL: 'warn', ...settings };
    const port = await freePort();
    return this.#resources.start(
      () => startService({ port, databaseUrl, storage: this.storage, env, program }),
      (started) => started.stop(),
    );
  }

  /** @param {Service} service */
  clientOf(service) {
    return ApiClient.ofPerson(service.url, this.token);
  }

  /** Large files would fill the disk before the end. @param {ExportRecord} record */
  removeFileOf({ id }) {
    rmSync(join(this.storage, 'exports', id), { recursive: true });
  }
}

/**
 * Asks for an export of a board and waits for its end.
 * @param {ApiClient} client
 * @param {string} sessionId
 * @param {string} format
 * @param {{ options?: object, pauseMs?: number }} [how]
 */
export const timedExport = (client, sessionId, format, { options, pauseMs } = {}) =>
  timed(client, () => client.requestBoardExport(sessionId, format, options), pauseMs);

/**
 * Asks for an export and waits for its end.
 * @param {ApiClient} client
 * @param {() => Promise<ExportRecord>} request
 * @param {number} [pauseMs]
 * @returns {Promise<{ record: ExportRecord, wallMs: number, serverMs: number, answeredAt: number }>}
 */
export async function timed(client, request, pauseMs = usualPauseMs) {
  const startedAt = performance.now();
  let record = await request();
  while (record.status === 'pending' || record.status === 'processing') {
    await sleep(pauseMs);
    ({ record } = await client.status(record.id));
  }
  const [wallMs, answeredAt] = [performance.now() - startedAt, performance.timeOrigin + performance.now()];
  if (record.status !== 'completed') throw new Error(`An export ended as ${record.status}: ${record.error}`);
  const serverMs = Date.parse(record.completed_at ?? '') - Date.parse(record.started_at ?? '');
  return { record, wallMs, serverMs, answeredAt };
}
