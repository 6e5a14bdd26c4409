import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { orAborted } from '../async';

/**
 * Sends chunks as the body of a response and ends it. Each chunk has left this process before the next is taken, so that its memory
 * may be used again, and a slow client holds one chunk. A failure destroys the connection, so that a client cannot mistake a
 * part for the whole.
 * @throws the error of the chunks, or one when the client has disconnected
 */
export async function sendChunks(chunks: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  const closing = new AbortController();
  const onClose = () => {
    closing.abort(new Error('The client disconnected'));
  };
  response.once('close', onClose);
  // A failed write is also reported here, and without a listener it would end the process.
  response.on('error', onClose);
  if (response.destroyed || response.closed) onClose();
  try {
    for await (const chunk of chunks) await written(response, chunk, closing.signal);
    response.end();
    await finished(response);
  } catch (error) {
    response.destroy();
    throw error;
  }
}

function written(response: ServerResponse, chunk: Uint8Array, closed: AbortSignal): Promise<void> {
  const write = new Promise<void>((resolve, reject) => {
    response.write(chunk, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  return orAborted(write, closed);
}
