// @ts-check
// What a bench measures on: PostgreSQL with fsync, the built service as processes, files on disk.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../dev/process.mjs';
import { ApiClient, tokenFor } from '../../dev/service/client.mjs';
import { freePort } from '../../dev/service/ports.mjs';
import { migrate, plainEnvironment, startService } from '../../dev/service/service.mjs';
import { removeAbandoned, startStack } from '../../dev/stack.mjs';

/**
 * @typedef {import('../../dev/service/belongings.mjs').Belongings} Belongings
 * @typedef {import('../../dev/service/client.mjs').ExportRecord} ExportRecord
 * @typedef {import('../../dev/service/service.mjs').Service} Service
 *
 * @typedef {object} Bench
 * @property {string} name to choose it by on the command line
 * @property {(laboratory: Laboratory) => Promise<import('./report.mjs').Row[]>} measure
 */

/** Often enough to see the end in time, and seldom enough not to be what keeps the service busy. */
const usualPauseMs = 20;

export class Laboratory {
  #belongings;
  #token;
  databaseUrl;
  storage;

  /** @param {Belongings} belongings @param {{ databaseUrl: string, storage: string, token: string }} found */
  constructor(belongings, { databaseUrl, storage, token }) {
    this.#belongings = belongings;
    this.#token = token;
    this.databaseUrl = databaseUrl;
    this.storage = storage;
  }

  /** @param {Belongings} belongings */
  static async open(belongings) {
    const stacks = join(projectRoot, '.stack');
    removeAbandoned(stacks, 'bench-');
    const directory = join(stacks, `bench-${process.pid}`);
    const { databaseUrl } = await belongings.start(
      () => startStack({ directory, persistent: false, fsync: true }),
      (started) => started.stop(),
    );
    await migrate(databaseUrl);
    const storage = join(directory, 'storage');
    mkdirSync(storage);
    return new Laboratory(belongings, { databaseUrl, storage, token: await tokenFor('bench', '--role', 'admin') });
  }

  /** A fresh process, whose figures no earlier bench has touched. @param {Record<string, string>} [settings] */
  async startService(settings = {}) {
    const unlimited = {
      ...{ RATE_LIMIT_BOARDS: 'off', RATE_LIMIT_EXPORTS: 'off' },
      ...{ RATE_LIMIT_SESSIONS: 'off', RATE_LIMIT_THUMBNAILS: 'off', RATE_LIMIT_SCHEDULE_CHANGES: 'off' },
    };
    const env = { ...plainEnvironment(), ...unlimited, LOG_LEVEL: 'warn', ...settings };
    const port = await freePort();
    return this.#belongings.start(
      () => startService({ port, databaseUrl: this.databaseUrl, storage: this.storage, env }),
      (started) => started.stop(),
    );
  }

  /** @param {Service} service */
  clientOf(service) {
    return ApiClient.ofPerson(service.url, this.#token);
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
  const began = performance.now();
  let record = await request();
  while (record.status === 'pending' || record.status === 'processing') {
    await sleep(pauseMs);
    ({ record } = await client.status(record.id));
  }
  const [wallMs, answeredAt] = [performance.now() - began, performance.timeOrigin + performance.now()];
  if (record.status !== 'completed') throw new Error(`An export ended as ${record.status}: ${record.error}`);
  const serverMs = Date.parse(record.completed_at ?? '') - Date.parse(record.started_at ?? '');
  return { record, wallMs, serverMs, answeredAt };
}
