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
 *
 * @typedef {{ id: string, name: string, page_count: number }} Session
 */

/** A token for this checkout's services. @param {string} user @param {...string} options as `npm run token` takes */
export async function tokenFor(user, ...options) {
  const program = join(projectRoot, 'dev/token.mjs');
  const { code, stdout, output } = await capture(process.execPath, [program, '--sub', user, ...options]);
  if (code !== 0) throw new Error(output.trim());
  return stdout.trim();
}

export class ApiClient {
  #url;
  #token;

  /** @param {string} url @param {string} token */
  constructor(url, token) {
    this.#url = url;
    this.#token = token;
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
    const answer = await this.#ask('GET', `/api/export/user/${userId}?format=${format}`);
    const received = await receive(answer, path);
    const id = answer.headers.get('Location')?.split('/').at(-2);
    if (!id) throw new Error('The answer names no record.');
    const { record } = await this.status(id);
    assertSame(received, record);
    return record;
  }

  /** @param {string} id @returns {Promise<{ record: ExportRecord, retryAfterSeconds: number | undefined }>} */
  async status(id) {
    const answer = await this.#ask('GET', `/api/v1/exports/${id}/`);
    const retryAfter = answer.headers.get('Retry-After');
    return { record: await jsonOf(answer), retryAfterSeconds: retryAfter === null ? undefined : Number(retryAfter) };
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
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      body,
      headers: { Authorization: `Bearer ${this.#token}`, ...(body && { 'Content-Type': 'application/json' }) },
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await reasonOf(answer)}`);
    return answer;
  }
}

/**
 * Fetches a file by its link alone, as a browser would, and compares it with what the record says of it.
 * @param {ExportRecord} record
 * @param {string} path where to write it
 */
export async function download(record, path) {
  const answer = await fetch(record.file_url ?? '');
  if (!answer.ok) throw new Error(`its link: ${answer.status} ${await reasonOf(answer)}`);
  assertSame(await receive(answer, path), record);
}

/** @param {Response} answer @param {string} path */
async function receive(answer, path) {
  if (!answer.body) throw new Error('The answer has no body.');
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(
    Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (answer.body)),
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

/** The answer's body, taken to be what the API describes. @param {Response} answer @returns {Promise<any>} */
const jsonOf = (answer) => answer.json();

/** @param {Response} answer */
async function reasonOf(answer) {
  const text = await answer.text();
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
