export interface ServerSentEvent {
  /** `message` unless the server names another one. */
  readonly type: string;
  readonly data: string;
}

/** The events of a stream that have data. Comments and other fields are skipped. */
export async function* serverSentEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split(/\r?\n\r?\n/);
    text = events.pop() ?? '';
    for (const event of events) {
      const lines = event.split(/\r?\n/);
      const data = valuesOf('data', lines);
      if (data.length > 0) yield { type: valuesOf('event', lines).at(-1) ?? 'message', data: data.join('\n') };
    }
  }
}

function valuesOf(field: string, lines: readonly string[]): string[] {
  const prefix = `${field}:`;
  return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length).replace(/^ /, ''));
}
