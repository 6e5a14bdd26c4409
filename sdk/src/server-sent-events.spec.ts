import { serverSentEvents } from './server-sent-events.js';

async function eventsOf(chunks: readonly Uint8Array[]): Promise<string[][]> {
  const found: string[][] = [];
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }
  for await (const { type, data } of serverSentEvents(source())) found.push([type, data]);
  return found;
}

describe('Server-sent events', () => {
  const stream =
    ': comment\n\nid: 1\ndata: {"name":"Зоя"}\n\nevent: x\r\ndata:one\r\ndata: two\r\n\r\ndata: unfinished';

  it.each([1, 7, 1_000])('are read from chunks of %i bytes', async (size) => {
    const bytes = new TextEncoder().encode(stream);
    const count = Math.ceil(bytes.length / size);
    const chunks = Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));

    expect(await eventsOf(chunks)).toEqual([
      ['message', '{"name":"Зоя"}'],
      ['x', 'one\ntwo'],
    ]);
  });
});
