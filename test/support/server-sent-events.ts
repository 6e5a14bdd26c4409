import type { Client } from './client';

export interface ServerSentEvent {
  readonly id?: string;
  readonly data: string;
}

/** Listens until the server ends the stream. */
export async function serverSentEvents(client: Client, path: string): Promise<ServerSentEvent[]> {
  const { status, headers, text } = await client.get(path, { accept: 'text/event-stream' });
  if (status !== 200 || !headers.get('content-type')?.startsWith('text/event-stream'))
    throw new Error(`No events came: ${status} ${text}`);
  return text
    .split('\n\n')
    .map((block) => new Map(block.split('\n').map((line) => fieldOf(line))))
    .filter((fields) => fields.has('data'))
    .map((fields) => ({ id: fields.get('id'), data: fields.get('data')! }));
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
