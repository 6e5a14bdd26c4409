import { createExportBench } from '../../../../test/support/export-bench';
import { ANN, BEN, finishedFile } from '../../../../test/support/export-requests';
import type { Principal } from '../../../platform/auth/principal';
import { ExportWaiting } from './export-waiting';
import { ExportWatch } from './export-watch';

const WAIT_MS = 10_000;
const POLL_MS = 400;
const PER_CALLER = 10;
const IN_ALL = 200;

async function setup() {
  const bench = createExportBench();
  const watch = new ExportWatch(bench.exports);
  const sut = new ExportWaiting(watch);
  const id = await bench.request();
  const pending = await bench.read(id);
  /** Starts the work, a moment after the request. */
  const start = async () => {
    bench.records.clock.advance(1);
    return (await bench.claim(id))!;
  };
  const complete = async () => bench.attempts.finish(await start(), finishedFile(id));
  const wait = (caller: Principal = ANN, signal = new AbortController().signal) =>
    sut.untilFinished(pending, caller, WAIT_MS, signal);
  return { ...bench, watch, id, start, complete, wait, sut };
}

describe('ExportWaiting', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('gives the finished export as soon as it is known', async () => {
    const { complete, wait } = await setup();

    const waiting = wait();
    await complete();
    await jest.advanceTimersByTimeAsync(POLL_MS);

    expect(await waiting).toMatchObject({ export: { status: 'completed' }, isComplete: true });
  });

  it('does not wait for an export that is finished', async () => {
    const { complete, read, id, sut } = await setup();
    await complete();

    const awaited = await sut.untilFinished(await read(id), ANN, WAIT_MS, new AbortController().signal);

    expect(awaited).toMatchObject({ export: { status: 'completed' }, isComplete: true });
  });

  it('gives the export as it is when the time is over', async () => {
    const { start, wait } = await setup();

    const waiting = wait();
    await start();
    await jest.advanceTimersByTimeAsync(WAIT_MS);

    expect(await waiting).toMatchObject({ export: { status: 'processing' }, isComplete: true });
    expect(jest.getTimerCount()).toBeLessThanOrEqual(1);
  });

  it('ends when the client leaves', async () => {
    const { wait } = await setup();
    const gone = new AbortController();

    const waiting = wait(ANN, gone.signal);
    gone.abort();

    expect(await waiting).toMatchObject({ export: { status: 'pending' }, isComplete: false });
    expect(await wait(ANN, gone.signal)).toMatchObject({ isComplete: false });
  });

  it('ends when the service does, and does not begin after that', async () => {
    const { wait, watch } = await setup();

    const waiting = wait();
    watch.onModuleDestroy();

    expect(await waiting).toMatchObject({ export: { status: 'pending' }, isComplete: false });
    expect(await wait()).toMatchObject({ export: { status: 'pending' }, isComplete: false });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('asks the database once for all who wait', async () => {
    const { exports, wait } = await setup();
    const queries = jest.spyOn(exports, 'findAll');

    const waiting = Promise.all(Array.from({ length: PER_CALLER }, () => wait()));
    await jest.advanceTimersByTimeAsync(10 * POLL_MS);

    expect(queries).toHaveBeenCalledTimes(10);
    await jest.advanceTimersByTimeAsync(WAIT_MS);
    await waiting;
  });

  it('does not begin for a caller of whom too many requests wait, until one has ended', async () => {
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

  it('does not begin while too many requests wait in all', async () => {
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
