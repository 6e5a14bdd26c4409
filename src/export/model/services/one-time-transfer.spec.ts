import { Readable } from 'node:stream';
import { FakeDownloadSink, FakeIdleSink } from '../../../../test/fakes/download-sink.fake';
import { createExportBench, TEXT } from '../../../../test/support/export-bench';
import { ANN, finishedFile, PARTNER } from '../../../../test/support/export-requests';
import { toBody } from '../../../../test/support/texts';
import { pause } from '../../../platform/async';
import { DISCONNECT_GRACE_MS, MAX_COMMIT_DELAY_MS } from '../domain/downloads';
import { objectPrefix } from '../domain/export';
import { DownloadService } from './download.service';
import { HeldBackFile } from './one-time-transfer';

const LEASE_SECONDS = 10;

/** Longer than a download waits on its own. */
const TRANSFER_MS = DISCONNECT_GRACE_MS + 10;

interface Traits {
  readonly text?: string;
  /** The size in the record, where it differs from that of the text. */
  readonly size?: number;
  readonly graceSeconds?: string;
}

/** A completed one-time export with its file, and the service under test. */
async function setup({ text = TEXT, graceSeconds = '5', ...traits }: Traits = {}) {
  const { size = text.length } = traits;
  const bench = createExportBench({ environment: { SHUTDOWN_GRACE_SECONDS: graceSeconds } });
  const { exports, storage, metrics, downloads, retention, running, config, files } = bench;
  const sut = new DownloadService(exports, downloads, files, metrics, running, config, storage, retention);
  const id = await bench.request({ oneTime: true });
  const key = `${objectPrefix(id)}file.csv`;
  await storage.put(key, toBody(text), { contentType: 'text/csv' });
  const attempt = await bench.claim(id);
  await bench.attempts.finish(attempt!, finishedFile(id, { size, object: { key, contentType: 'text/csv' } }));
  const file = await files.find(id, null);
  const counted = (outcome: string) => bench.shown.value('export_one_time_downloads_total', { outcome });

  /** Sends the file to the sink, and waits until the download ends. */
  const serve = async (sink: FakeDownloadSink, waitMs = TRANSFER_MS) => {
    const lease = await sut.claim(file, ANN);
    const sent = sut.sendOnce(file, lease, sink);
    const settled = sent.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(waitMs);
    await settled;
    return sent;
  };
  return { ...bench, bench, sut, id, key, file, files, serve, counted };
}

describe('OneTimeTransfer', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  describe('claiming a file', () => {
    it('succeeds for one download and rejects others meanwhile', async () => {
      const { sut, file, counted } = await setup();
      await sut.claim(file, ANN);

      const other = sut.claim(file, PARTNER);

      await expect(other).rejects.toMatchObject({
        kind: 'conflict',
        code: 'download-under-way',
        details: { retryAfterSeconds: expect.any(Number) },
      });
      expect(await counted('refused')).toBe(1);
    });

    it('succeeds again when the lease of a stalled download has expired', async () => {
      const { sut, file, records } = await setup();
      await sut.claim(file, ANN);
      records.clock.advance(LEASE_SECONDS + 1);

      await expect(sut.claim(file, PARTNER)).resolves.toMatchObject({ by: PARTNER });
    });
  });

  it('does not send the last byte when its preparation exceeded the lease', async () => {
    const { bench, downloads, serve, id } = await setup();
    const prepare = downloads.prepareCompletion.bind(downloads);
    downloads.prepareCompletion = async (...args) => {
      const marker = await prepare(...args);
      await pause(MAX_COMMIT_DELAY_MS + 1);
      return marker;
    };
    const sink = new FakeDownloadSink();

    await serve(sink, TRANSFER_MS + MAX_COMMIT_DELAY_MS + 1);

    expect([sink.received, sink.isAborted]).toEqual([TEXT.slice(0, -1), true]);
    expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
  });

  describe('to a client that reads everything', () => {
    it('sends the file and deletes it', async () => {
      const { bench, serve, id, storage, counted } = await setup();
      const sink = new FakeDownloadSink();

      await serve(sink);

      expect([sink.received, sink.isAborted]).toEqual([TEXT, false]);
      expect(await bench.read(id)).toMatchObject({
        status: 'expired',
        object: null,
        downloadCount: 1,
        downloadedBy: 'user:ann',
      });
      expect(storage.keys).toEqual([]);
      expect(await bench.retention.findDeletable(null)).toEqual([]);
      expect(await counted('given-out')).toBe(1);
    });

    it('rejects later clients', async () => {
      const { sut, serve, file } = await setup();
      await serve(new FakeDownloadSink());

      await expect(sut.claim(file, PARTNER)).rejects.toMatchObject({ kind: 'gone', code: 'export-file-given-out' });
    });

    it('sends a file of one byte', async () => {
      const { bench, serve, id } = await setup({ text: 'x' });
      const sink = new FakeDownloadSink();

      await serve(sink);

      expect(sink.received).toBe('x');
      expect(await bench.read(id)).toMatchObject({ status: 'expired' });
    });

    it('leaves an object that cannot be deleted to the expiry sweep', async () => {
      const { bench, serve, id, key, storage } = await setup();
      storage.fail('delete');

      await serve(new FakeDownloadSink());

      expect(await bench.read(id)).toMatchObject({ status: 'expired', downloadCount: 1 });
      expect(await bench.retention.findDeletable(null)).toMatchObject([{ exportId: id, key }]);
    });
  });

  describe('to a client that disconnects', () => {
    it.each([
      ['before the first byte', 0],
      ['in the middle', 5],
      ['before the last byte', TEXT.length - 2],
    ])('%s leaves the file available', async (_, limit) => {
      const { bench, sut, serve, id, file, storage, key, counted } = await setup();
      const before = await bench.read(id);
      const sink = new FakeDownloadSink(limit);

      await serve(sink);

      expect(await bench.read(id)).toEqual({ ...before, updatedAt: expect.any(Date) });
      expect(storage.keys).toEqual([key]);
      expect(sink.isAborted).toBe(true);
      expect(bench.lastStepOf(id)).toMatchObject({ action: 'export.download-broken-off', details: { bytes: limit } });
      expect(await counted('broken-off')).toBe(1);
      await expect(sut.claim(file, PARTNER)).resolves.toBeDefined();
    });

    it('after all but the last byte does not send that byte', async () => {
      const { bench, sut, file, id } = await setup();
      const sink = new FakeDownloadSink();
      const sent = sut.sendOnce(file, await sut.claim(file, ANN), sink);
      await jest.advanceTimersByTimeAsync(DISCONNECT_GRACE_MS / 2);
      sink.leave();

      await jest.advanceTimersByTimeAsync(TRANSFER_MS);
      await sent;

      expect(sink.received).toBe(TEXT.slice(0, -1));
      expect(await bench.read(id)).toMatchObject({
        status: 'completed',
        downloadCount: 0,
        isDownloadCompleting: false,
      });
    });

    it('while the last byte is in transit makes the file available again', async () => {
      const { bench, sut, serve, id, file } = await setup();
      const sink = new FakeDownloadSink();
      sink.confirm(false);

      await serve(sink);

      expect(sink.isAborted).toBe(true);
      expect(await bench.read(id)).toMatchObject({
        status: 'completed',
        downloadCount: 0,
        isDownloadCompleting: false,
      });
      await expect(sut.claim(file, PARTNER)).resolves.toBeDefined();
    });
  });

  describe('while the last byte is in transit', () => {
    it('rejects other clients, and counts as downloaded when the process crashes', async () => {
      const { bench, sut, file, id, downloads, records } = await setup();
      const sink = new FakeDownloadSink();
      sink.confirm(new Promise(() => undefined));
      void sut.sendOnce(file, await sut.claim(file, ANN), sink);

      await jest.advanceTimersByTimeAsync(2 * TRANSFER_MS);

      expect(await bench.read(id)).toMatchObject({ status: 'completed', isDownloadCompleting: true });
      expect(await bench.downloads.claim(id, PARTNER)).toBeNull();
      records.clock.advance(120);
      expect(await downloads.finalizeInterrupted()).toBe(1);
      expect(await bench.read(id)).toMatchObject({ status: 'expired', downloadedBy: 'user:ann' });
    });

    it('waits longer for the client the more bytes may be in buffers', async () => {
      const { serve } = await setup();
      const sink = new FakeDownloadSink();

      await serve(sink);

      expect(sink.deadlineSeconds).toBe(31);
    });
  });

  describe('when another download has taken over the lease', () => {
    it('never sends the last byte', async () => {
      const { bench, sut, file, id, records } = await setup();
      const sink = new FakeDownloadSink();
      const sent = sut.sendOnce(file, await sut.claim(file, ANN), sink);
      records.clock.advance(LEASE_SECONDS + 1);
      const holder = await sut.claim(file, PARTNER);

      await jest.advanceTimersByTimeAsync(TRANSFER_MS);
      await sent;

      expect([sink.received, sink.isAborted]).toEqual([TEXT.slice(0, -1), true]);
      expect(await bench.downloads.beat(holder)).toBe(true);
      expect(bench.stepsOf(id)).not.toContain('export.download-broken-off');
    });

    it('notices at its next heartbeat, and aborts', async () => {
      const { sut, file, records } = await setup();
      const sink = new FakeIdleSink();
      const sent = sut.sendOnce(file, await sut.claim(file, ANN), sink);
      records.clock.advance(LEASE_SECONDS + 1);
      await sut.claim(file, PARTNER);

      await jest.advanceTimersByTimeAsync(3_000);
      await sent;

      expect(sink.isAborted).toBe(true);
    });
  });

  it('renews its lease while the client reads', async () => {
    const { sut, bench, file, id } = await setup();
    const sink = new FakeIdleSink();
    void sut.sendOnce(file, await sut.claim(file, ANN), sink);

    await jest.advanceTimersByTimeAsync(3 * LEASE_SECONDS * 1000);

    expect(await bench.downloads.claim(id, PARTNER)).toBeNull();
    expect(sink.isAborted).toBe(false);
  });

  describe('of a file that differs from its record', () => {
    it('responds 410 before any byte when storage has lost the file', async () => {
      const { bench, serve, id, key, storage } = await setup();
      await storage.delete(key);
      const sink = new FakeDownloadSink();

      await expect(serve(sink)).rejects.toMatchObject({ kind: 'gone', code: 'export-file-gone' });

      expect([sink.bytesSent, sink.isAborted]).toEqual([0, false]);
      expect(bench.stepsOf(id).at(-1)).toBe('export.download-broken-off');
    });

    it.each([
      ['shorter', TEXT.length + 1],
      ['longer', TEXT.length - 1],
    ])('never sends the whole file when it is %s than recorded', async (_, size) => {
      const { bench, serve, id } = await setup({ size });
      const sink = new FakeDownloadSink();

      await serve(sink);

      expect(sink.isAborted).toBe(true);
      expect(sink.bytesSent).toBeLessThan(size);
      expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
    });
  });

  it('stores the outcome as soon as the database is back', async () => {
    const { bench, sut, file, id, downloads } = await setup();
    const complete = downloads.complete.bind(downloads);
    let isDown = true;
    downloads.complete = (lease) => (isDown ? Promise.reject(new Error('The database is down')) : complete(lease));
    const sent = sut.sendOnce(file, await sut.claim(file, ANN), new FakeDownloadSink());
    await jest.advanceTimersByTimeAsync(3_000);
    const before = await bench.read(id);
    isDown = false;

    await jest.advanceTimersByTimeAsync(1_000);
    await sent;

    expect([before.status, (await bench.read(id)).status]).toEqual(['completed', 'expired']);
  });

  describe('at shutdown', () => {
    it('completes within the grace period', async () => {
      const { bench, sut, file, id } = await setup();
      const sent = sut.sendOnce(file, await sut.claim(file, ANN), new FakeDownloadSink());

      const stopped = bench.running.beforeApplicationShutdown();
      await jest.advanceTimersByTimeAsync(TRANSFER_MS);
      await Promise.all([stopped, sent]);

      expect(await bench.read(id)).toMatchObject({ status: 'expired', downloadCount: 1 });
    });

    it('is aborted after the grace period and makes the file available again', async () => {
      const { bench, sut, file, id } = await setup({ graceSeconds: '2' });
      const sink = new FakeIdleSink();
      const sent = sut.sendOnce(file, await sut.claim(file, ANN), sink);

      const stopped = bench.running.beforeApplicationShutdown();
      await jest.advanceTimersByTimeAsync(1_900);
      const isAbortedEarly = sink.isAborted;
      await jest.advanceTimersByTimeAsync(200);
      await Promise.all([stopped, sent]);

      expect([isAbortedEarly, sink.isAborted]).toEqual([false, true]);
      expect(await bench.read(id)).toMatchObject({ status: 'completed', downloadCount: 0 });
    });
  });
});

describe('HeldBackFile', () => {
  const FILE = Buffer.from('the whole file');

  /** The file in chunks of `size` bytes. */
  function sourceOf(size: number): Readable {
    const chunks = [];
    for (let at = 0; at < FILE.length; at += size) chunks.push(FILE.subarray(at, at + size));
    return Readable.from(chunks, { objectMode: false });
  }

  it.each([1, 2, 5, FILE.length - 1, FILE.length, 100])('holds back one byte, in chunks of %i', async (size) => {
    const file = new HeldBackFile(sourceOf(size), FILE.length);

    const before = await Readable.from(file.allButLast()).toArray();

    expect(Buffer.concat(before)).toEqual(FILE.subarray(0, -1));
    expect(file.last).toEqual(FILE.subarray(-1));
  });

  it.each([FILE.length - 1, FILE.length + 1])('fails when %i bytes are expected', async (size) => {
    const file = new HeldBackFile(sourceOf(4), size);

    await expect(Readable.from(file.allButLast()).toArray()).rejects.toThrow(`expected ${size} bytes`);
  });

  it('has no last byte of an empty file', async () => {
    const file = new HeldBackFile(Readable.from([]), 0);

    const before = await Readable.from(file.allButLast()).toArray();

    expect([before, file.last.length]).toEqual([[], 0]);
  });
});
