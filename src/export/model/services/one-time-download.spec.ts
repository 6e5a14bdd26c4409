import { FakeDownloadSink, FakeIdleSink } from '../../../../test/fakes/download-sink.fake';
import { createExportBench, TEXT } from '../../../../test/support/export-bench';
import { ANN, finishedFile, PARTNER } from '../../../../test/support/export-requests';
import { toBody } from '../../../../test/support/texts';
import { LinkSigner } from '../../../platform/auth/link-signer';
import { pause } from '../../../platform/async';
import { MAX_COMMIT_DELAY_MS, STAYS_FOR_MS } from '../domain/download-lease-limits';
import { objectPrefix } from '../domain/object-key';
import { ExportDownload } from './export-download';
import { OneTimeDownload } from './one-time-download';

const LEASE_SECONDS = 10;

/** Long enough for all that a download waits for by itself. */
const A_WHILE_MS = STAYS_FOR_MS + 10;

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
  const serve = async (reader: FakeDownloadSink, waitMs = A_WHILE_MS) => {
    const lease = await sut.claim(file, ANN);
    const given = sut.give(file, lease, reader);
    const settled = given.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(waitMs);
    await settled;
    return given;
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
    const prepare = downloads.prepareEnding.bind(downloads);
    downloads.prepareEnding = async (...given) => {
      const ending = await prepare(...given);
      await pause(MAX_COMMIT_DELAY_MS + 1);
      return ending;
    };
    const reader = new FakeDownloadSink();

    await serve(reader, A_WHILE_MS + MAX_COMMIT_DELAY_MS + 1);

    expect([reader.received, reader.isCut]).toEqual([TEXT.slice(0, -1), true]);
    expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
  });

  describe('a reader who takes all of it', () => {
    it('has the file, which is gone then', async () => {
      const { bench, serve, id, storage, counted } = await setup();
      const reader = new FakeDownloadSink();

      await serve(reader);

      expect([reader.received, reader.isCut]).toEqual([TEXT, false]);
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
      const reader = new FakeDownloadSink();

      await serve(reader);

      expect(reader.received).toBe('x');
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

  describe('a reader who breaks off', () => {
    it.each([
      ['before the first byte', 0],
      ['in the middle', 5],
      ['before the last byte', TEXT.length - 2],
    ])('%s leaves the file as it was', async (_, takes) => {
      const { bench, sut, serve, id, file, storage, key, counted } = await setup();
      const before = await bench.read(id);
      const reader = new FakeDownloadSink(takes);

      await serve(reader);

      expect(await bench.read(id)).toEqual({ ...before, updatedAt: expect.any(Date) });
      expect(storage.keys).toEqual([key]);
      expect(reader.isCut).toBe(true);
      expect(bench.lastStepOf(id)).toMatchObject({ action: 'export.download-broken-off', details: { bytes: takes } });
      expect(await counted('broken-off')).toBe(1);
      await expect(sut.claim(file, PARTNER)).resolves.toBeDefined();
    });

    it('having seen all but the last byte does not get that', async () => {
      const { bench, sut, file, id } = await setup();
      const reader = new FakeDownloadSink();
      const given = sut.give(file, await sut.claim(file, ANN), reader);
      await jest.advanceTimersByTimeAsync(STAYS_FOR_MS / 2);
      reader.leave();

      await jest.advanceTimersByTimeAsync(A_WHILE_MS);
      await given;

      expect(reader.received).toBe(TEXT.slice(0, -1));
      expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0, isBeingTaken: false });
    });

    it('when the last byte was on its way leaves the file to the next', async () => {
      const { bench, sut, serve, id, file } = await setup();
      const reader = new FakeDownloadSink();
      reader.accept(false);

      await serve(reader);

      expect(reader.isCut).toBe(true);
      expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0, isBeingTaken: false });
      await expect(sut.claim(file, PARTNER)).resolves.toBeDefined();
    });
  });

  describe('while the last byte is on its way', () => {
    it('the file is nobody else’s, and counts as downloaded should the process end', async () => {
      const { bench, sut, file, id, maintenance, records } = await setup();
      const reader = new FakeDownloadSink();
      reader.accept(new Promise(() => undefined));
      void sut.give(file, await sut.claim(file, ANN), reader);

      await jest.advanceTimersByTimeAsync(2 * A_WHILE_MS);

      expect(await bench.read(id)).toMatchObject({ status: 'completed', isBeingTaken: true });
      expect(await bench.downloads.claim(id, PARTNER)).toBeNull();
      records.clock.advance(120);
      expect(await maintenance.finalizeInterruptedDownloads()).toBe(1);
      expect(await bench.read(id)).toMatchObject({ status: 'expired', downloadedBy: 'user:ann' });
    });

    it('the reader has the longer the more may still be in buffers', async () => {
      const { serve } = await setup();
      const reader = new FakeDownloadSink();

      await serve(reader);

      expect(reader.patienceSeconds).toBe(31);
    });
  });

  describe('a download whose file was taken over', () => {
    it('never sends the last byte', async () => {
      const { bench, sut, file, id, records } = await setup();
      const reader = new FakeDownloadSink();
      const given = sut.give(file, await sut.claim(file, ANN), reader);
      records.clock.advance(LEASE_SECONDS + 1);
      const holder = await sut.claim(file, PARTNER);

      await jest.advanceTimersByTimeAsync(A_WHILE_MS);
      await given;

      expect([reader.received, reader.isCut]).toEqual([TEXT.slice(0, -1), true]);
      expect(await bench.downloads.beat(holder)).toBe(true);
      expect(bench.stepsOf(id)).not.toContain('export.download-broken-off');
    });

    it('learns it from its heartbeat, and stops', async () => {
      const { sut, file, records } = await setup();
      const reader = new FakeIdleSink();
      const given = sut.give(file, await sut.claim(file, ANN), reader);
      records.clock.advance(LEASE_SECONDS + 1);
      await sut.claim(file, PARTNER);

      await jest.advanceTimersByTimeAsync(3_000);
      await given;

      expect(reader.isCut).toBe(true);
    });

    it('is none that renews its lease in time', async () => {
      const { sut, bench, file, id } = await setup();
      const reader = new FakeIdleSink();
      void sut.give(file, await sut.claim(file, ANN), reader);

      await jest.advanceTimersByTimeAsync(3 * LEASE_SECONDS * 1000);

      expect(await bench.downloads.claim(id, PARTNER)).toBeNull();
      expect(reader.isCut).toBe(false);
    });
  });

  describe('a file that is not as it should be', () => {
    it('and is lost from storage is answered as gone before anything is sent', async () => {
      const { bench, serve, id, key, storage } = await setup();
      await storage.delete(key);
      const reader = new FakeDownloadSink();

      await expect(serve(reader)).rejects.toMatchObject({ kind: 'gone', code: 'export-file-gone' });

      expect([reader.sent, reader.isCut]).toEqual([0, false]);
      expect(bench.stepsOf(id).at(-1)).toBe('export.download-broken-off');
    });

    it.each([
      ['shorter', TEXT.length + 1],
      ['longer', TEXT.length - 1],
    ])('and is %s than its record says never goes out whole', async (_, size) => {
      const { bench, serve, id } = await setup({ size });
      const reader = new FakeDownloadSink();

      await serve(reader);

      expect(reader.isCut).toBe(true);
      expect(reader.sent).toBeLessThan(size);
      expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
    });
  });

  it('writes the end down as soon as the database is back', async () => {
    const { bench, sut, file, id, downloads } = await setup();
    const complete = downloads.complete.bind(downloads);
    let isAway = true;
    downloads.complete = (lease) => (isAway ? Promise.reject(new Error('The database is away')) : complete(lease));
    const given = sut.give(file, await sut.claim(file, ANN), new FakeDownloadSink());
    await jest.advanceTimersByTimeAsync(3_000);
    const before = await bench.read(id);
    isAway = false;

    await jest.advanceTimersByTimeAsync(1_000);
    await given;

    expect([before.status, (await bench.read(id)).status]).toEqual(['completed', 'expired']);
  });

  describe('at shutdown', () => {
    it('a reader may come to an end within the grace period', async () => {
      const { bench, sut, file, id } = await setup();
      const given = sut.give(file, await sut.claim(file, ANN), new FakeDownloadSink());

      sut.onModuleDestroy();
      const stopped = sut.beforeApplicationShutdown();
      await jest.advanceTimersByTimeAsync(A_WHILE_MS);
      await Promise.all([stopped, given]);

      expect(await bench.read(id)).toMatchObject({ status: 'expired', downloadCount: 1 });
    });

    it('a reader is cut off after it, and the file is left to the next', async () => {
      const { bench, sut, file, id } = await setup({ graceSeconds: '2' });
      const reader = new FakeIdleSink();
      const given = sut.give(file, await sut.claim(file, ANN), reader);

      sut.onModuleDestroy();
      const stopped = sut.beforeApplicationShutdown();
      await jest.advanceTimersByTimeAsync(1_900);
      const within = reader.isCut;
      await jest.advanceTimersByTimeAsync(200);
      await Promise.all([stopped, given]);

      expect([within, reader.isCut]).toEqual([false, true]);
      expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
    });
  });
});
