import type { ServerResponse } from 'node:http';

interface MinThroughput {
  readonly bytes: number;
  readonly withinMs: number;
}

/** 4 KiB per second: less than any mobile connection, and enough for a response to end. */
const MIN_THROUGHPUT: MinThroughput = { bytes: 60 * 4 * 1024, withinMs: 60_000 };

/**
 * Destroys a response whose client is gone, or reads so slowly that it blocks the source of the response. Time in which
 * nothing was ready to be sent does not count.
 */
export function abortSlowClient(response: ServerResponse, { bytes, withinMs }: MinThroughput = MIN_THROUGHPUT): void {
  let written = 0;
  let wasBlocked = false;
  const check = setInterval(() => {
    const now = response.socket?.bytesWritten ?? written;
    const isBlocked = response.writableNeedDrain;
    if (isBlocked && wasBlocked && now - written < bytes) response.destroy();
    written = now;
    wasBlocked = isBlocked;
  }, withinMs);
  response.once('close', () => {
    clearInterval(check);
  });
}
