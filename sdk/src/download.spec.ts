import { createHash } from 'node:crypto';
import { body, exported, FakeService, problem, settled } from '../test/fake-service.js';
import { DownloadError, ExportServiceError } from './errors.js';

const FILE = 'id,amount\n1,9.50\n2,12.00\n';
const SHA256 = createHash('sha256').update(FILE).digest('hex');
const RECORD = exported({ file_size: FILE.length, sha256: SHA256 });

describe('A download', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  async function read(service: FakeService, record = RECORD): Promise<string> {
    return settled(service.client.exports.download(record).then((stream) => new Response(stream).text()));
  }

  const whole = (ending?: 'lost', bytes = FILE.length) => new Response(body([FILE.slice(0, bytes)], ending));
  const rest = (start: number, headers = {}) => new Response(body([FILE.slice(start)]), { status: 206, headers });

  it('continues where the connection broke', async () => {
    const service = new FakeService([whole('lost', 10), 'lost', rest(10)]);

    expect(await read(service)).toBe(FILE);
    expect(service.headers('Range')).toEqual([null, 'bytes=10-', 'bytes=10-']);
    expect(service.headers('If-Range')).toEqual([null, `"${SHA256}"`, `"${SHA256}"`]);
  });

  it('continues where a response ended early', async () => {
    const service = new FakeService([new Response(body([FILE.slice(0, 5)])), rest(5)]);

    expect(await read(service)).toBe(FILE);
  });

  it('starts a one-time file again, without a byte twice for the reader', async () => {
    const service = new FakeService([whole('lost', 10), problem(409, 'download-under-way'), whole()]);

    expect(await read(service, { ...RECORD, one_time: true })).toBe(FILE);
    expect(service.headers('Range')).toEqual([null, null, null]);
  });

  it('skips what the reader has where the whole file is sent instead of a range', async () => {
    const service = new FakeService([whole('lost', 10), whole()]);

    expect(await read(service)).toBe(FILE);
  });

  it('does not compare the ETags of a storage to which the service redirects', async () => {
    const redirected = whole('lost', 10);
    Object.defineProperty(redirected, 'redirected', { value: true });
    const service = new FakeService([redirected, rest(10)]);

    expect(await read(service)).toBe(FILE);
    expect(service.headers('If-Range')).toEqual([null, null]);
  });

  it.each([
    ['another byte', FILE.replace('9.50', '9.51'), 'checksum-mismatch'],
    ['a byte too many', `${FILE}x`, 'size-mismatch'],
  ])('fails at its end after %s', async (_, content, code) => {
    const service = new FakeService([new Response(content)]);

    const error = await read(service).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(DownloadError);
    expect(error).toMatchObject({ code });
  });

  it('fails where the service sends another range', async () => {
    const service = new FakeService([whole('lost', 10), rest(3, { 'Content-Range': 'bytes 3-23/24' })]);

    await expect(read(service)).rejects.toMatchObject({ code: 'unexpected-response' });
  });

  it('fails at once where the file is gone', async () => {
    const service = new FakeService([problem(410, 'export-file-gone')]);

    await expect(service.client.exports.download(RECORD)).rejects.toMatchObject({
      code: 'export-file-gone',
      status: 410,
    });
    expect(service.requests).toHaveLength(1);
  });

  it('gives up when no byte arrives for longer than the client is patient', async () => {
    const service = new FakeService([whole('lost', 10), ...Array<'lost'>(50).fill('lost')], { retryTimeoutMs: 20_000 });

    await expect(read(service)).rejects.toBeInstanceOf(ExportServiceError);
  });

  it('ends the request when the reader has enough', async () => {
    const service = new FakeService([new Response(body([FILE.slice(0, 4), FILE.slice(4)]))]);
    const reader = (await service.client.exports.download(RECORD)).getReader();

    await reader.read();
    await reader.cancel();

    expect(service.requests[0]?.signal.aborted).toBe(true);
  });

  it('reports its progress', async () => {
    const service = new FakeService([new Response(body([FILE.slice(0, 4), FILE.slice(4)]))]);
    const progress: unknown[] = [];

    const stream = await service.client.exports.download(RECORD, { onProgress: (now) => progress.push(now) });
    await new Response(stream).text();

    expect(progress).toEqual([4, FILE.length].map((bytes) => ({ bytes, total: FILE.length })));
  });
});
