import { FakeDownloadSink, FakeIdleSink } from '../../../../test/fakes/download-sink.fake';
import { createExportBench, TEXT } from '../../../../test/support/export-bench';
import { ANN, finishedFile, PARTNER } from '../../../../test/support/export-requests';
import { toBody } from '../../../../test/support/texts';
import { LinkSigner } from '../../../platform/auth/link-signer';
import { pause } from '../../../platform/async';
import { MAX_COMMIT_DELAY_MS, DISCONNECT_GRACE_MS } from '../domain/download-lease-limits';
import { objectPrefix } from '../domain/object-key';
import { ExportDownload } from './export-download';
import { OneTimeDownload } from './one-time-download';

const LEASE_SECONDS = 10;

/** Long enough for all that a download waits for by itself. */
const A_WHILE_MS = DISCONNECT_GRACE_MS + 10;

interface Traits {
  readonly text?: string;
  /** As the record says it, where that differs. */
  readonly size?: number;
  readonly graceSeconds?: string;
}

/** A completed one-time export, its file and whoever serves it. */
async function setup({ text = TEXT, graceSeconds = '5', ...traits }: Traits = {}) {
  const { size = text.length } = traits;
  const bench = createExportBench({ environment: { SHUTDOWN_GRACE_SECONDS: graceSeconds } });
  const { exports, storage, metrics, downloads, maintenance, config } = bench;
  const files = new ExportDownload(exports, storage, new LinkSigner(config), metrics);
  const sut = new OneTimeDownload(downloads, files, storage, maintenance, config, metrics);
  const id = await bench.request({ oneTime: true });
  const key = `${objectPrefix(id)}file.csv`;
  await storage.put(key, toBody(text), { contentType: 'text/csv' });
  const attempt = await bench.claim(id);
  await bench.attempts.finish(attempt!, finishedFile(id, { size, object: { key, contentType: 'text/csv' } }));
  const file = await files.find(id, null);
  const counted = (outcome: string) => bench.shown.value('export_one_time_downloads_total', { outcome });

  /** Serves the file to the end, however that comes. */
  const serve = async (sink: FakeDownloadSink, waitMs = A_WHILE_MS) => {
    const lease = await sut.claim(file, ANN);
    const sent = sut.send(file, lease, sink);
    const settled = sent.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(waitMs);
    await settled;
    return sent;
  };
  return { ...bench, bench, sut, id, key, file, files, serve, counted };
}

describe('OneTimeDownload', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  describe('a file that is free', () => {
    it('is claimed by one download, and refused to others meanwhile', async () => {
      const { sut, file, counted } = await setup();
      await sut.claim(file, ANN);

      const other = sut.claim(file, PARTNER);

      await expect(other).rejects.toMatchObject({
        ...{ kind: 'conflict', code: 'download-under-way', details: { retryAfterSeconds: expect.any(Number) } },
      });
      expect(await counted('refused')).toBe(1);
    });

    it('is claimed again when the lease of a silent download is over', async () => {
      const { sut, file, records } = await setup();
      await sut.claim(file, ANN);
      records.clock.advance(LEASE_SECONDS + 1);

      await expect(sut.claim(file, PARTNER)).resolves.toMatchObject({ by: PARTNER });
    });
  });

  it('does not send the last byte when preparing for it took so long that the lease may be over', async () => {
    const { bench, downloads, serve, id } = await setup();
    const prepare = downloads.prepareCompletion.bind(downloads);
    downloads.prepareCompletion = async (...sent) => {
      const marker = await prepare(...sent);
      await pause(MAX_COMMIT_DELAY_MS + 1);
      return marker;
    };
    const sink = new FakeDownloadSink();

    await serve(sink, A_WHILE_MS + MAX_COMMIT_DELAY_MS + 1);

    expect([sink.received, sink.isCut]).toEqual([TEXT.slice(0, -1), true]);
    expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
  });

  describe('a sink who takes all of it', () => {
    it('has the file, which is gone then', async () => {
      const { bench, serve, id, storage, counted } = await setup();
      const sink = new FakeDownloadSink();

      await serve(sink);

      expect([sink.received, sink.isCut]).toEqual([TEXT, false]);
      expect(await bench.read(id)).toMatchObject({
        ...{ status: 'expired', object: null, downloadCount: 1, downloadedBy: 'user:ann' },
      });
      expect(storage.keys).toEqual([]);
      expect(await bench.maintenance.findDeletable(null)).toEqual([]);
      expect(await counted('given-out')).toBe(1);
    });

    it('leaves nothing to whoever comes after', async () => {
      const { sut, serve, file } = await setup();
      await serve(new FakeDownloadSink());

      await expect(sut.claim(file, PARTNER)).rejects.toMatchObject({ kind: 'gone', code: 'export-file-given-out' });
    });

    it('has the file of one byte, too', async () => {
      const { bench, serve, id } = await setup({ text: 'x' });
      const sink = new FakeDownloadSink();

      await serve(sink);

      expect(sink.received).toBe('x');
      expect(await bench.read(id)).toMatchObject({ status: 'expired' });
    });

    it('keeps it though the object cannot be deleted now, which the sweep then does', async () => {
      const { bench, serve, id, key, storage } = await setup();
      storage.break('delete');

      await serve(new FakeDownloadSink());

      expect(await bench.read(id)).toMatchObject({ status: 'expired', downloadCount: 1 });
      expect(await bench.maintenance.findDeletable(null)).toEqual([{ exportId: id, key }]);
    });
  });

  describe('a sink who breaks off', () => {
    it.each([
      ['before the first byte', 0],
      ['in the middle', 5],
      ['before the last byte', TEXT.length - 2],
    ])('%s leaves the file as it was', async (_, takes) => {
      const { bench, sut, serve, id, file, storage, key, counted } = await setup();
      const before = await bench.read(id);
      const sink = new FakeDownloadSink(takes);

      await serve(sink);

      expect(await bench.read(id)).toEqual({ ...before, updatedAt: expect.any(Date) });
      expect(storage.keys).toEqual([key]);
      expect(sink.isCut).toBe(true);
      expect(bench.lastStepOf(id)).toMatchObject({ action: 'export.download-broken-off', details: { bytes: takes } });
      expect(await counted('broken-off')).toBe(1);
      await expect(sut.claim(file, PARTNER)).resolves.toBeDefined();
    });

    it('having seen all but the last byte does not get that', async () => {
      const { bench, sut, file, id } = await setup();
      const sink = new FakeDownloadSink();
      const sent = sut.send(file, await sut.claim(file, ANN), sink);
      await jest.advanceTimersByTimeAsync(DISCONNECT_GRACE_MS / 2);
      sink.leave();

      await jest.advanceTimersByTimeAsync(A_WHILE_MS);
      await sent;

      expect(sink.received).toBe(TEXT.slice(0, -1));
      expect(await bench.read(id)).toMatchObject({
        status: 'completed',
        downloadCount: 0,
        isDownloadCompleting: false,
      });
    });

    it('when the last byte was on its way leaves the file to the next', async () => {
      const { bench, sut, serve, id, file } = await setup();
      const sink = new FakeDownloadSink();
      sink.accept(false);

      await serve(sink);

      expect(sink.isCut).toBe(true);
      expect(await bench.read(id)).toMatchObject({
        status: 'completed',
        downloadCount: 0,
        isDownloadCompleting: false,
      });
      await expect(sut.claim(file, PARTNER)).resolves.toBeDefined();
    });
  });

  describe('while the last byte is on its way', () => {
    it('the file is nobody else’s, and counts as downloaded should the process end', async () => {
      const { bench, sut, file, id, maintenance, records } = await setup();
      const sink = new FakeDownloadSink();
      sink.accept(new Promise(() => undefined));
      void sut.send(file, await sut.claim(file, ANN), sink);

      await jest.advanceTimersByTimeAsync(2 * A_WHILE_MS);

      expect(await bench.read(id)).toMatchObject({ status: 'completed', isDownloadCompleting: true });
      expect(await bench.downloads.claim(id, PARTNER)).toBeNull();
      records.clock.advance(120);
      expect(await maintenance.finalizeInterruptedDownloads()).toBe(1);
      expect(await bench.read(id)).toMatchObject({ status: 'expired', downloadedBy: 'user:ann' });
    });

    it('the sink has the longer the more may still be in buffers', async () => {
      const { serve } = await setup();
      const sink = new FakeDownloadSink();

      await serve(sink);

      expect(sink.patienceSeconds).toBe(31);
    });
  });

  describe('a download whose file was taken over', () => {
    it('never sends the last byte', async () => {
      const { bench, sut, file, id, records } = await setup();
      const sink = new FakeDownloadSink();
      const sent = sut.send(file, await sut.claim(file, ANN), sink);
      records.clock.advance(LEASE_SECONDS + 1);
      const holder = await sut.claim(file, PARTNER);

      await jest.advanceTimersByTimeAsync(A_WHILE_MS);
      await sent;

      expect([sink.received, sink.isCut]).toEqual([TEXT.slice(0, -1), true]);
      expect(await bench.downloads.beat(holder)).toBe(true);
      expect(bench.stepsOf(id)).not.toContain('export.download-broken-off');
    });

    it('learns it from its heartbeat, and stops', async () => {
      const { sut, file, records } = await setup();
      const sink = new FakeIdleSink();
      const sent = sut.send(file, await sut.claim(file, ANN), sink);
      records.clock.advance(LEASE_SECONDS + 1);
      await sut.claim(file, PARTNER);

      await jest.advanceTimersByTimeAsync(3_000);
      await sent;

      expect(sink.isCut).toBe(true);
    });

    it('is none that renews its lease in time', async () => {
      const { sut, bench, file, id } = await setup();
      const sink = new FakeIdleSink();
      void sut.send(file, await sut.claim(file, ANN), sink);

      await jest.advanceTimersByTimeAsync(3 * LEASE_SECONDS * 1000);

      expect(await bench.downloads.claim(id, PARTNER)).toBeNull();
      expect(sink.isCut).toBe(false);
    });
  });

  describe('a file that is not as it should be', () => {
    it('and is lost from storage is answered as gone before anything is sent', async () => {
      const { bench, serve, id, key, storage } = await setup();
      await storage.delete(key);
      const sink = new FakeDownloadSink();

      await expect(serve(sink)).rejects.toMatchObject({ kind: 'gone', code: 'export-file-gone' });

      expect([sink.bytesSent, sink.isCut]).toEqual([0, false]);
      expect(bench.stepsOf(id).at(-1)).toBe('export.download-broken-off');
    });

    it.each([
      ['shorter', TEXT.length + 1],
      ['longer', TEXT.length - 1],
    ])('and is %s than its record says never goes out whole', async (_, size) => {
      const { bench, serve, id } = await setup({ size });
      const sink = new FakeDownloadSink();

      await serve(sink);

      expect(sink.isCut).toBe(true);
      expect(sink.bytesSent).toBeLessThan(size);
      expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
    });
  });

  it('writes the end down as soon as the database is back', async () => {
    const { bench, sut, file, id, downloads } = await setup();
    const complete = downloads.complete.bind(downloads);
    let isAway = true;
    downloads.complete = (lease) => (isAway ? Promise.reject(new Error('The database is away')) : complete(lease));
    const sent = sut.send(file, await sut.claim(file, ANN), new FakeDownloadSink());
    await jest.advanceTimersByTimeAsync(3_000);
    const before = await bench.read(id);
    isAway = false;

    await jest.advanceTimersByTimeAsync(1_000);
    await sent;

    expect([before.status, (await bench.read(id)).status]).toEqual(['completed', 'expired']);
  });

  describe('at shutdown', () => {
    it('a sink may come to an end within the grace period', async () => {
      const { bench, sut, file, id } = await setup();
      const sent = sut.send(file, await sut.claim(file, ANN), new FakeDownloadSink());

      sut.onModuleDestroy();
      const stopped = sut.beforeApplicationShutdown();
      await jest.advanceTimersByTimeAsync(A_WHILE_MS);
      await Promise.all([stopped, sent]);

      expect(await bench.read(id)).toMatchObject({ status: 'expired', downloadCount: 1 });
    });

    it('a sink is cut off after it, and the file is left to the next', async () => {
      const { bench, sut, file, id } = await setup({ graceSeconds: '2' });
      const sink = new FakeIdleSink();
      const sent = sut.send(file, await sut.claim(file, ANN), sink);

      sut.onModuleDestroy();
      const stopped = sut.beforeApplicationShutdown();
      await jest.advanceTimersByTimeAsync(1_900);
      const within = sink.isCut;
      await jest.advanceTimersByTimeAsync(200);
      await Promise.all([stopped, sent]);

      expect([within, sink.isCut]).toEqual([false, true]);
      expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
    });
  });
});
