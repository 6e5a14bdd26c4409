import { readChunks } from './read-chunks.js';

describe('The bytes of a response', () => {
  it('end when the signal is aborted, although nothing arrives and nobody else ends them', async () => {
    const abort = new AbortController();
    let isCancelled = false;
    const silent = new ReadableStream<Uint8Array<ArrayBuffer>>({ cancel: () => void (isCancelled = true) });

    const next = readChunks(silent, 60_000, abort.signal).next();
    abort.abort(new Error('enough'));

    await expect(next).rejects.toThrow('enough');
    expect(isCancelled).toBe(true);
  });
});
