import { setTimeout as pause } from 'node:timers/promises';
import { noteBoard } from '../support/boards';
import { type ApiResponse, Client, type ExportRecord, sha256 } from '../support/client';
import { CustomerClient } from '../support/customers';
import { scaled } from '../support/machine';
import { download } from '../support/one-time';

const RETRY_TIMEOUT_MS = scaled(60_000);
const UNFINISHED: readonly string[] = ['pending', 'processing'];

/** A client as the documentation wants it: it tries again after 503 and after a refused connection, and after nothing else. */
export class RetryingClient {
  constructor(private readonly client: Client) {}

  async send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiResponse> {
    const deadline = Date.now() + RETRY_TIMEOUT_MS;
    for (;;) {
      const response = await this.client.send(method, path, body, headers).catch(whenRefused);
      if (response && response.status !== 503) return response;
      if (Date.now() > deadline) throw new Error(`${method} ${path} got no response for ${RETRY_TIMEOUT_MS} ms`);
      await pause(100);
    }
  }

  /** Asks for an export under a key of its own. @returns its id */
  async request(path: string, body: object): Promise<string> {
    const response = await this.send('POST', path, body, { 'Idempotency-Key': crypto.randomUUID() });
    // 200 for the second try of a request whose first one was answered with 503 after all.
    if (response.status !== 201 && response.status !== 200)
      throw new Error(`${path} was answered ${response.status}: ${response.text}`);
    return response.body.id as string;
  }

  async finished(id: string, prefix = '/api/v1'): Promise<ExportRecord> {
    const deadline = Date.now() + RETRY_TIMEOUT_MS;
    for (;;) {
      const response = await this.send('GET', `${prefix}/exports/${id}`);
      if (response.status !== 200)
        throw new Error(`The status of ${id} was answered ${response.status}: ${response.text}`);
      const record = response.body as ExportRecord;
      if (!UNFINISHED.includes(record.status)) return record;
      if (Date.now() > deadline) throw new Error(`${id} has not ended for ${RETRY_TIMEOUT_MS} ms`);
      await pause(150);
    }
  }

  /** Fetches the file of an export by its link. */
  async fetchFile(record: ExportRecord): Promise<void> {
    const { pathname, search } = new URL(record.file_url!);
    const { status, bytes } = await this.send('GET', pathname + search);
    if (status !== 200 || sha256(bytes) !== record.sha256) throw new Error(`The file of ${record.id}: ${status}`);
  }
}

function whenRefused(error: unknown): null {
  const { cause } = error as { cause?: { code?: string } };
  if (cause?.code === 'ECONNREFUSED') return null;
  throw error;
}

/** What clients did, and what went wrong for them. */
export class Load {
  readonly completed: string[] = [];
  readonly oneTime: string[] = [];
  readonly failures: string[] = [];
  /** How often each client has done its work. */
  readonly done = new Map<string, number>();
  private readonly ending = new AbortController();
  private readonly loops: Promise<void>[] = [];

  /** Does something again and again until the end. */
  keep(name: string, work: () => Promise<void>): void {
    this.done.set(name, 0);
    this.loops.push(this.repeat(name, work));
  }

  async end(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.loops);
  }

  private async repeat(name: string, work: () => Promise<void>): Promise<void> {
    while (!this.ending.signal.aborted) {
      try {
        await work();
        this.done.set(name, this.done.get(name)! + 1);
      } catch (error) {
        this.failures.push(`${name}: ${String(error)}`);
      }
      await pause(50);
    }
  }
}

/** Exports a board with a webhook. */
export async function exportBoards(
  load: Load,
  person: Client,
  webhook: { url: string; secret: string },
): Promise<void> {
  const client = new RetryingClient(person);
  const session = await person.saveBoard(noteBoard());
  let turn = 0;
  load.keep('board', async () => {
    const format = turn++ % 3 === 0 ? 'pdf' : 'json';
    const id = await client.request(`/api/v1/solo/sessions/${session}/export`, { format, notify: { webhook } });
    await complete(load, client, id);
  });
}

export function exportRows(load: Load, person: Client): void {
  const client = new RetryingClient(person);
  load.keep('rows', async () => {
    const body = { type: 'partial', format: 'csv', data_types: ['notes'] };
    await complete(load, client, await client.request('/api/v1/exports', body));
  });
}

export async function exportAsCustomer(load: Load, customer: CustomerClient): Promise<void> {
  const client = new RetryingClient(customer);
  const session = await customer.startSession('pupil', noteBoard());
  load.keep('customer', async () => {
    const id = await client.request(`/api/v1/customer/solo/sessions/${session}/export`, { format: 'json' });
    await complete(load, client, id, '/api/v1/customer');
  });
}

async function complete(load: Load, client: RetryingClient, id: string, prefix?: string): Promise<void> {
  const record = await client.finished(id, prefix);
  if (record.status !== 'completed') throw new Error(`${id} is ${record.status}: ${record.error}`);
  await client.fetchFile(record);
  load.completed.push(id);
}

/** Files that two readers fetch at once, of whom one gets it. */
export function downloadOnce(load: Load, organizer: Client, eventId: string): void {
  const client = new RetryingClient(organizer);
  load.keep('one-time', async () => {
    const id = await client.request(`/api/v1/events/${eventId}/results/export`, { format: 'csv' });
    const record = await client.finished(id);
    if (record.status !== 'completed') throw new Error(`${id} is ${record.status}: ${record.error}`);
    const readers = await Promise.all([readUntilGone(record), readUntilGone(record)]);
    const complete = readers.flat();
    if (complete.length !== 1) throw new Error(`${complete.length} readers have the one-time file of ${id}`);
    if (complete[0] !== record.sha256) throw new Error(`The one-time file of ${id} is another one`);
    load.oneTime.push(id);
  });
}

/** @returns the hash of each file that came whole */
async function readUntilGone({ id, file_url: link }: ExportRecord): Promise<string[]> {
  const hashes: string[] = [];
  const deadline = Date.now() + RETRY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const { status, isComplete, sha256: hash } = await download(link!);
    if (status === 410) return hashes;
    if (isComplete) hashes.push(hash);
    await pause(100);
  }
  throw new Error(`The one-time file of ${id} does not go`);
}
