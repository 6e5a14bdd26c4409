import { createExportBench } from '../../../../test/support/export-bench';
import { ANN, BEN, finishedFile } from '../../../../test/support/export-requests';
import type { Principal } from '../../../platform/auth/principal';
import { ExportChangeFeed } from './export-change-feed';

const WAIT_MS = 10_000;
const POLL_MS = 400;
const PER_CALLER = 10;
const IN_ALL = 200;

async function setup() {
  const bench = createExportBench();
  const sut = new ExportChangeFeed(bench.exports);
  const id = await bench.request();
  const pending = await bench.read(id);
  /** Starts the work, a moment after the request. */
  const start = async () => {
    bench.records.clock.advance(1);
    return (await bench.claim(id))!;
  };
  const complete = async () => bench.attempts.finish(await start(), finishedFile(id));
  const wait = (caller: Principal = ANN, signal = new AbortController().signal) =>
    sut.waitUntilFinished(pending, caller, WAIT_MS, signal);
  return { ...bench, id, start, complete, wait, sut };
}

describe('ExportChangeFeed.waitUntilFinished', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('returns the finished export as soon as the next poll sees it', async () => {
    const { complete, wait } = await setup();

    const waiting = wait();
    await complete();
    await jest.advanceTimersByTimeAsync(POLL_MS);

    expect(await waiting).toMatchObject({ export: { status: 'completed' }, isComplete: true });
  });

  it('returns a finished export without waiting', async () => {
    const { complete, read, id, sut } = await setup();
    await complete();

    const awaited = await sut.waitUntilFinished(await read(id), ANN, WAIT_MS, new AbortController().signal);

    expect(awaited).toMatchObject({ export: { status: 'completed' }, isComplete: true });
  });

  it('returns the current state when the time is over', async () => {
    const { start, wait } = await setup();

    const waiting = wait();
    await start();
    await jest.advanceTimersByTimeAsync(WAIT_MS);

    expect(await waiting).toMatchObject({ export: { status: 'processing' }, isComplete: true });
    expect(jest.getTimerCount()).toBeLessThanOrEqual(1);
  });

  it('stops waiting when the client disconnects', async () => {
    const { wait } = await setup();
    const gone = new AbortController();

    const waiting = wait(ANN, gone.signal);
    gone.abort();

    expect(await waiting).toMatchObject({ export: { status: 'pending' }, isComplete: false });
    expect(await wait(ANN, gone.signal)).toMatchObject({ isComplete: false });
  });

  it('stops waiting at shutdown, and refuses to wait afterwards', async () => {
    const { sut, wait } = await setup();

    const waiting = wait();
    sut.onModuleDestroy();

    expect(await waiting).toMatchObject({ export: { status: 'pending' }, isComplete: false });
    expect(await wait()).toMatchObject({ export: { status: 'pending' }, isComplete: false });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('serves all waiting requests with one query per poll', async () => {
    const { exports, wait } = await setup();
    const queries = jest.spyOn(exports, 'findAll');

    const waiting = Promise.all(Array.from({ length: PER_CALLER }, () => wait()));
    await jest.advanceTimersByTimeAsync(10 * POLL_MS);

    expect(queries).toHaveBeenCalledTimes(10);
    await jest.advanceTimersByTimeAsync(WAIT_MS);
    await waiting;
  });

  it('does not wait while too many requests of the same caller wait', async () => {
    const { wait } = await setup();
    const gone = new AbortController();
    const first = wait(ANN, gone.signal);
    const others = Array.from({ length: PER_CALLER - 1 }, () => wait());

    expect(await wait()).toMatchObject({ export: { status: 'pending' }, isComplete: false });
    gone.abort();
    await first;
    others.push(wait(), wait(BEN));

    await jest.advanceTimersByTimeAsync(WAIT_MS);
    for (const { isComplete } of await Promise.all(others)) expect(isComplete).toBe(true);
  });

  it('does not wait while too many requests wait in total', async () => {
    const { wait } = await setup();
    const others = Array.from({ length: IN_ALL }, (_, index) => wait({ userId: `user-${index}`, tenantId: null }));

    expect(await wait()).toMatchObject({ export: { status: 'pending' }, isComplete: false });

    await jest.advanceTimersByTimeAsync(WAIT_MS);
    for (const { isComplete } of await Promise.all(others)) expect(isComplete).toBe(true);
    const again = wait();
    await jest.advanceTimersByTimeAsync(WAIT_MS);
    expect(await again).toMatchObject({ isComplete: true });
  });
});
