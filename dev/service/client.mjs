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
export async function download({ file_url, file_size, sha256 }, path) {
  const answer = await fetch(file_url ?? '');
  if (!answer.ok || !answer.body) throw new Error(`its link: ${answer.status} ${await reasonOf(answer)}`);
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
  if (size !== file_size) throw new Error(`the file has ${size} bytes; the record says ${file_size}`);
  if (hash.digest('hex') !== sha256) throw new Error('the file has another SHA-256 than the record');
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
