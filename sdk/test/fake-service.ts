import { createClient, type ExportClient } from '../src/client.js';
import type { ClientOptions } from '../src/transport.js';
import type { Export } from '../src/types.js';

/** What the service does with a request: it answers, or the connection is lost. */
export type Answer = Response | 'lost' | ((request: Request) => Response);

/** A service in place of `fetch`: it answers requests one after the other, and keeps them. */
export class FakeService {
  readonly requests: Request[] = [];
  readonly client: ExportClient;
  private readonly answers: Answer[];

  constructor(answers: Answer[], options: Partial<ClientOptions> = {}) {
    this.answers = [...answers];
    this.client = createClient({ baseUrl: 'https://exports.test/', token: 'token', fetch: this.fetch, ...options });
  }

  /** The value of a header in each request. */
  headers(name: string): (string | null)[] {
    return this.requests.map(({ headers }) => headers.get(name));
  }

  private readonly fetch = (request: Request): Promise<Response> => {
    this.requests.push(request);
    const answer = this.answers.shift();
    if (answer === undefined) return Promise.reject(new Error(`no answer is left for ${request.url}`));
    if (answer === 'lost') return Promise.reject(new TypeError('fetch failed'));
    return Promise.resolve(typeof answer === 'function' ? answer(request) : answer);
  };
}

/** The result of a promise, while no time passes for the test. */
export async function settled<Result>(promise: Promise<Result>): Promise<Result> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the promise changes it
  while (!isSettled) await jest.advanceTimersByTimeAsync(100);
  return promise;
}

export function json(body: unknown, { status = 200, headers = {} }: JsonInit = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}

interface JsonInit {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return json({ status, code, detail: `The detail of ${code}`, request_id: 'request-1' }, { status, headers });
}

/** As much of a record as the client looks at. */
export function exported(fields: Partial<Record<keyof Export, unknown>> = {}): Export {
  const record: Partial<Record<keyof Export, unknown>> = {
    id: '0197',
    kind: 'data',
    status: 'completed',
    events_url: null,
    file_size: null,
    sha256: null,
    one_time: false,
    error: null,
    error_code: null,
    ...fields,
  };
  return record as unknown as Export;
}

/** Chunks that arrive one by one, and then the end or a broken connection. */
export function body(chunks: readonly (string | Uint8Array)[], ending: 'end' | 'lost' = 'end'): ReadableStream {
  const left = chunks.map((chunk) => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk));
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift();
      if (chunk) controller.enqueue(chunk);
      else if (ending === 'end') controller.close();
      else controller.error(new TypeError('terminated'));
    },
  });
}
