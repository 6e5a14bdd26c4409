// @ts-check
// The service's API as any caller sees it.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { capture, projectRoot } from '../process.mjs';

/**
 * @typedef {object} ExportRecord
 * @property {string} id
 * @property {string} format
 * @property {'pending' | 'processing' | 'completed' | 'failed' | 'cancelled' | 'expired'} status
 * @property {{ percent: number | null, done: number, total: number | null, unit: string | null }} progress
 * @property {string | null} file_url
 * @property {string | null} file_name
 * @property {number | null} file_size
 * @property {string | null} sha256
 * @property {number | null} page_count
 * @property {number | null} record_count
 * @property {string[]} warnings
 * @property {string | null} error
 * @property {string} created_at
 * @property {string | null} started_at
 * @property {string | null} completed_at
 * @property {boolean} one_time
 * @property {number} download_count
 * @property {string | null} downloaded_by
 *
 * @typedef {{ id: string, name: string, page_count: number }} Session
 *
 * @typedef {object} Schedule
 * @property {string} id
 * @property {string} name
 * @property {string[]} tables
 * @property {object | null} columns
 * @property {object | null} filters
 * @property {string} format
 * @property {string} frequency
 * @property {string | null} cron
 * @property {string} timezone
 * @property {string | null} destination
 * @property {string | null} next_run_at
 * @property {string | null} paused_reason
 */

/** A token for this checkout's services. @param {string} user @param {...string} options as `npm run token` takes */
export function tokenFor(user, ...options) {
  return outputOf('dev/token.mjs', '--sub', user, ...options);
}

/**
 * A link that opens the console of a service of this checkout, signed in.
 * @param {string} url of the service
 * @param {string} user
 * @param {...string} options as `npm run console-link` takes
 */
export function consoleLinkFor(url, user, ...options) {
  return outputOf('dev/console-link.mjs', '--url', url, '--sub', user, ...options);
}

/** What a program of this folder prints. @param {string} program @param {...string} args */
async function outputOf(program, ...args) {
  const { code, stdout, output } = await capture(process.execPath, [join(projectRoot, program), ...args]);
  if (code !== 0) throw new Error(output.trim());
  return stdout.trim();
}

/**
 * Makes an external system known, as an operator does.
 * @param {string} databaseUrl
 * @param {string} name
 * @returns {Promise<{ id: string, secret: string }>}
 */
export async function createCustomer(databaseUrl, name) {
  const program = join(projectRoot, 'dist/manage-customers.js');
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const { code, stdout, output } = await capture(process.execPath, [program, 'create', '--name', name, '--json'], {
    env,
  });
  if (code !== 0) throw new Error(output.trim());
  return JSON.parse(stdout);
}

export class ApiClient {
  #url;
  #authorization;
  #below;

  /**
   * @param {string} url
   * @param {string} authorization the header by which the caller proves who it is
   * @param {string} [below] where the caller's routes are
   */
  constructor(url, authorization, below = '/api/v1') {
    this.#url = url;
    this.#authorization = authorization;
    this.#below = below;
  }

  /** @param {string} url @param {string} token */
  static ofPerson(url, token) {
    return new ApiClient(url, `Bearer ${token}`);
  }

  /** @param {string} url @param {{ id: string, secret: string }} customer */
  static ofCustomer(url, { id, secret }) {
    return new ApiClient(url, `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`, '/api/v1/customer');
  }

  /** @param {string} name @param {string} state the board's JSON @returns {Promise<Session>} */
  async createSession(name, state) {
    // Put together as text, so that a large board is neither parsed nor changed.
    const body = `{"name":${JSON.stringify(name)},"state":${state}}`;
    return jsonOf(await this.#ask('POST', '/api/v1/solo/sessions/', body));
  }

  /** @returns {Promise<{ count: number, results: Session[] }>} */
  async sessions() {
    return jsonOf(await this.#ask('GET', '/api/v1/solo/sessions/?limit=100'));
  }

  /**
   * @param {string} sessionId
   * @param {string} format
   * @param {object} [options]
   * @returns {Promise<ExportRecord>}
   */
  async requestBoardExport(sessionId, format, options = {}) {
    const body = JSON.stringify({ format, options });
    return jsonOf(await this.#ask('POST', `/api/v1/solo/sessions/${sessionId}/export/`, body));
  }

  /**
   * Whole tables, as an administrator.
   * @param {{ tables: string[], format: string, options?: object }} wanted
   * @returns {Promise<ExportRecord>}
   */
  async requestBulkExport(wanted) {
    const { jobId } = await jsonOf(await this.#ask('POST', '/api/export/bulk', JSON.stringify(wanted)));
    return (await this.status(jobId)).record;
  }

  /**
   * Everything of one user, which comes in the answer itself.
   * @param {string} userId
   * @param {string} format
   * @param {string} path where to write it
   * @returns {Promise<ExportRecord>} as it is once the last byte has come
   */
  async fetchUserExport(userId, format, path) {
    const response = await this.#ask('GET', `/api/export/user/${userId}?format=${format}`);
    const received = await receive(response, path);
    const id = response.headers.get('Location')?.split('/').at(-2);
    if (!id) throw new Error('The answer names no record.');
    const { record } = await this.status(id);
    assertSame(received, record);
    return record;
  }

  /** @returns {Promise<{ id: string, title: string }[]>} */
  async events() {
    const { results } = await jsonOf(await this.#ask('GET', `${this.#below}/events/`));
    return results;
  }

  /**
   * What came of an event, as a file that can be fetched once.
   * @param {string} eventId
   * @param {string} format
   * @returns {Promise<ExportRecord>}
   */
  async requestResults(eventId, format) {
    return jsonOf(
      await this.#ask('POST', `${this.#below}/events/${eventId}/results/export`, JSON.stringify({ format })),
    );
  }

  /**
   * Asks for a one-time file again, which was given out before.
   * @param {ExportRecord} record as it was before the download
   * @returns {Promise<string>} what comes of it
   */
  async fetchAgain({ id, file_url }) {
    const { status, body } = await fetch(file_url ?? '');
    await body?.cancel();
    const { record } = await this.status(id);
    if (status !== 410 || record.status !== 'expired' || record.download_count !== 1) {
      throw new Error(`fetched again: ${status}, and the export is ${record.status}`);
    }
    return `fetched once, by ${record.downloaded_by?.split(':')[0]}; then 410 Gone`;
  }

  /** @returns {Promise<Schedule[]>} */
  async schedules() {
    return (await jsonOf(await this.#ask('GET', '/api/exports/scheduled'))).results;
  }

  /** @param {string} id @param {object} schedule what it is to be @returns {Promise<Schedule>} */
  async replaceSchedule(id, schedule) {
    return jsonOf(await this.#ask('PUT', `/api/exports/scheduled/${id}`, JSON.stringify(schedule)));
  }

  /** @param {string} id @returns {Promise<ExportRecord>} the export that is its run */
  async runSchedule(id) {
    return jsonOf(await this.#ask('POST', `/api/exports/scheduled/${id}/run`));
  }

  /** @param {string} id @returns {Promise<{ record: ExportRecord, retryAfterSeconds: number | undefined }>} */
  async status(id) {
    const response = await this.#ask('GET', `${this.#below}/exports/${id}/`);
    const retryAfter = response.headers.get('Retry-After');
    return { record: await jsonOf(response), retryAfterSeconds: retryAfter === null ? undefined : Number(retryAfter) };
  }

  /**
   * Asks for the status, as often as the service says, until the export has ended.
   * @param {ExportRecord} created
   * @param {(record: ExportRecord) => void} [onChange]
   * @returns {Promise<ExportRecord>}
   */
  async follow(created, onChange) {
    for (;;) {
      const { record, retryAfterSeconds } = await this.status(created.id);
      onChange?.(record);
      if (retryAfterSeconds === undefined) return record;
      await sleep(retryAfterSeconds * 1000);
    }
  }

  /** @param {string} method @param {string} path @param {string} [body] */
  async #ask(method, path, body) {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      body,
      headers: { Authorization: this.#authorization, ...(body && { 'Content-Type': 'application/json' }) },
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await reasonOf(response)}`);
    return response;
  }
}

/**
 * Fetches a file by its link alone, as a browser would, and compares it with what the record says of it.
 * @param {ExportRecord} record
 * @param {string} path where to write it
 */
export async function download(record, path) {
  const response = await fetch(record.file_url ?? '');
  if (!response.ok) throw new Error(`its link: ${response.status} ${await reasonOf(response)}`);
  assertSame(await receive(response, path), record);
}

/** @param {Response} response @param {string} path */
async function receive(response, path) {
  if (!response.body) throw new Error('The response has no body.');
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(
    Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (response.body)),
    async function* (chunks) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path),
  );
  return { size, sha256: hash.digest('hex') };
}

/** @param {{ size: number, sha256: string }} received @param {ExportRecord} record */
function assertSame(received, { file_size, sha256 }) {
  if (received.size !== file_size) throw new Error(`the file has ${received.size} bytes; the record says ${file_size}`);
  if (received.sha256 !== sha256) throw new Error('the file has another SHA-256 than the record');
}

/** The body of a response, which the API describes. @param {Response} response @returns {Promise<any>} */
const jsonOf = (response) => response.json();

/** @param {Response} response */
async function reasonOf(response) {
  const text = await response.text();
  try {
    const { title, detail, errors = [] } = JSON.parse(text);
    return [
      detail ?? title,
      ...errors.map((/** @type {{ field: string, message: string }} */ e) => `${e.field} ${e.message}`),
    ].join('; ');
  } catch {
    return text.slice(0, 200);
  }
}
