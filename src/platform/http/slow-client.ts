import type { ServerResponse } from 'node:http';

interface Pace {
  readonly withinMs: number;
  readonly bytes: number;
}

/** 4 KiB a second: less than any telephone takes, and enough for an end to come. */
const LEAST: Pace = { withinMs: 60_000, bytes: 60 * 4 * 1024 };

/**
 * Breaks an answer off whose reader has gone, or takes so little at a time that it holds up what the answer comes from.
 * Time in which there was nothing to take does not count.
 */
export function abortSlowClient(response: ServerResponse, { withinMs, bytes }: Pace = LEAST): void {
  let taken = 0;
  let wasWaiting = false;
  const check = setInterval(() => {
    const now = response.socket?.bytesWritten ?? taken;
    const isWaiting = response.writableNeedDrain;
    if (isWaiting && wasWaiting && now - taken < bytes) response.destroy();
    taken = now;
    wasWaiting = isWaiting;
  }, withinMs);
  response.once('close', () => {
    clearInterval(check);
  });
}
