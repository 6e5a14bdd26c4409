import type { Client } from './client';

export interface ServerSentEvent {
  readonly id?: string;
  /** The type, where it is another one than `message`. */
  readonly event?: string;
  readonly data: string;
}

/** Listens until the server ends the stream. */
export async function serverSentEvents(client: Client, path: string): Promise<ServerSentEvent[]> {
  const { status, headers, text } = await client.get(path, { accept: 'text/event-stream' });
  if (status !== 200 || !headers.get('content-type')?.startsWith('text/event-stream'))
    throw new Error(`No events came: ${status} ${text}`);
  return text.split('\n\n').flatMap((block) => eventOf(block) ?? []);
}

/**
 * The events of a stream as they arrive, by the rules of a browser's `EventSource` on a page of another origin: it sends
 * no header of the page, and reads nothing that CORS does not allow.
 */
export async function* eventSource(
  url: string,
  { origin, withCredentials = false }: { readonly origin: string; readonly withCredentials?: boolean },
): AsyncGenerator<ServerSentEvent, void> {
  const { status, headers, body } = await fetch(url, { headers: { accept: 'text/event-stream', origin } });
  const allowedOrigin = headers.get('access-control-allow-origin');
  const isAllowed = withCredentials
    ? allowedOrigin === origin && headers.get('access-control-allow-credentials') === 'true'
    : allowedOrigin === '*' || allowedOrigin === origin;
  if (!isAllowed || status !== 200 || !headers.get('content-type')?.startsWith('text/event-stream') || !body) {
    await body?.cancel();
    throw new Error(`EventSource failed: ${isAllowed ? status : 'CORS'}`);
  }
  yield* eventsOf(body);
}

/** The events of a stream that stays open, as they arrive at a client that sends its token. */
export async function* openEvents(client: Client, path: string): AsyncGenerator<ServerSentEvent, void> {
  const response = await fetch(new URL(path, client.url), { headers: { ...client.credentials } });
  if (response.status !== 200 || !response.body) throw new Error(`No events came: ${response.status}`);
  yield* eventsOf(response.body);
}

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent, void> {
  let rest = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const event = eventOf(block);
      if (event) yield event;
    }
  }
}

/** A block without data, such as a comment, is no event. */
function eventOf(block: string): ServerSentEvent | null {
  const fields = new Map(block.split('\n').map((line) => fieldOf(line)));
  const data = fields.get('data');
  return data === undefined ? null : { id: fields.get('id'), event: fields.get('event'), data };
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
