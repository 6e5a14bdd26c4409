import { FAKE_DESCRIPTORS } from '../../../../test/fakes/delivery-channels.fake';
import { createDeliveryBench } from '../../../../test/support/delivery-bench';
import { untilAborted } from '../../../../test/support/texts';
import { MAX_ATTEMPTS } from '../domain/attempt-limits';
import { RunningWork } from '../../../platform/work/running-work';
import type { ClaimedMessage } from '../domain/claimed-message';
import type { TransferProgress } from '../domain/transfer-progress';
import { DeliveryDispatcher } from './delivery-dispatcher';
import { DeliveryRunner } from './delivery-runner';

const LEASE_SECONDS = 10;
const ROUND_MS = 500;
const { slots, slowSlots } = FAKE_DESCRIPTORS.find(({ name }) => name === 's3')!.limits;

function setup(environment: Record<string, string> = {}) {
  /** What is being delivered, and how a test ends that. */
  const atWork = new Map<string, () => void>();
  const progressOf = new Map<string, TransferProgress>();
  const bench = createDeliveryBench((message: ClaimedMessage, signal, progress) => {
    progressOf.set(message.id, progress);
    const done = new Promise<object>((resolve) => {
      atWork.set(message.id, () => {
        atWork.delete(message.id);
        resolve({});
      });
    });
    return Promise.race([done, untilAborted(signal)]);
  }, environment);
  const { deliveries, channels, metrics, config } = bench;
  const running = new RunningWork(config);
  const sut = new DeliveryDispatcher(
    deliveries,
    channels,
    new DeliveryRunner(deliveries, channels, metrics, config),
    metrics,
    running,
    config,
  );
  const shutDown = async () => {
    await sut.onModuleDestroy();
    await running.beforeApplicationShutdown();
  };
  const stop = async () => {
    const stopped = shutDown();
    await jest.advanceTimersByTimeAsync(20_000);
    await stopped;
  };
  return { ...bench, bench, sut, atWork, progressOf, shutDown, stop };
}

describe('DeliveryDispatcher', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('delivers due messages', async () => {
    const { bench, sut, atWork, stop } = setup();
    const id = bench.post();
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);

    atWork.get(id)!();
    await jest.advanceTimersByTimeAsync(1);

    expect(bench.read(id)).toMatchObject({ status: 'delivered' });
    await stop();
  });

  it('finds messages that are added later', async () => {
    const { bench, sut, atWork, stop } = setup();
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(ROUND_MS / 2);
    const id = bench.post();

    await jest.advanceTimersByTimeAsync(ROUND_MS);

    expect([...atWork.keys()]).toEqual([id]);
    await stop();
  });

  it('claims at most as many deliveries of a channel as it has free slots', async () => {
    const { bench, sut, atWork, stop } = setup();
    const ids = Array.from({ length: slots + 1 }, () => bench.post('s3'));
    const mail = bench.post('email');
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(3 * ROUND_MS);
    const first = [...atWork.keys()];

    atWork.get(ids[0]!)!();
    await jest.advanceTimersByTimeAsync(ROUND_MS + 1);

    expect(new Set(first)).toEqual(new Set([...ids.slice(0, slots), mail]));
    expect(atWork.has(ids.at(-1)!)).toBe(true);
    await stop();
  });

  it('gives the slots of slow transfers to others while slow slots are free', async () => {
    const { bench, sut, atWork, progressOf, stop } = setup();
    const copy = (index: number) => bench.post('s3', `user-${index}`);
    const slow = [copy(1), copy(2)];
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    const next = copy(3);
    await jest.advanceTimersByTimeAsync(3_000);
    const before = [...atWork.keys()];

    await jest.advanceTimersByTimeAsync(3_000);
    expect([before, [...atWork.keys()]]).toEqual([slow, [...slow, next]]);

    // One that sends enough keeps its slot; those that stall fill the slow slots, and no more.
    const fast = copy(4);
    for (let index = 5; index < 20; index += 1) copy(index);
    for (let second = 0; second < 60; second += 1) {
      progressOf.get(fast)?.add(2_000_000);
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(atWork.size).toBe(slots + slowSlots);
    await stop();
  });

  it('fails deliveries that crashed their process at every attempt', async () => {
    const { bench, sut, shown, stop } = setup();
    const id = bench.post();
    for (let turn = 0; turn < MAX_ATTEMPTS; turn++) {
      await bench.claim();
      bench.wait(LEASE_SECONDS + 1);
    }

    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);

    expect(bench.read(id)).toMatchObject({ status: 'failed' });
    expect(await shown.value('notifications_total', { outcome: 'failed' })).toBe(1);
    await stop();
  });

  it('continues when the database is back', async () => {
    const { bench, sut, atWork, deliveries, stop } = setup();
    const claim = deliveries.claimDue.bind(deliveries);
    let isAway = true;
    deliveries.claimDue = (room) => (isAway ? Promise.reject(new Error('Away')) : claim(room));
    const id = bench.post();
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(2 * ROUND_MS);
    isAway = false;

    await jest.advanceTimersByTimeAsync(ROUND_MS);

    expect([...atWork.keys()]).toEqual([id]);
    await stop();
  });

  it('runs in worker processes only', async () => {
    const { bench, sut, atWork } = setup({ ROLE: 'api' });
    bench.post();

    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(2 * ROUND_MS);

    expect(atWork.size).toBe(0);
  });

  it('lets running deliveries finish at shutdown and claims no more', async () => {
    const { bench, sut, atWork, shutDown } = setup();
    const id = bench.post();
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    const stopped = shutDown();
    const late = bench.post();
    await jest.advanceTimersByTimeAsync(3 * ROUND_MS);

    atWork.get(id)!();
    await jest.advanceTimersByTimeAsync(1);
    await stopped;

    expect(bench.read(id)).toMatchObject({ status: 'delivered' });
    expect(bench.read(late)).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('hands back deliveries that did not finish within the grace period', async () => {
    const { bench, sut, shutDown } = setup({ SHUTDOWN_GRACE_SECONDS: '2' });
    const id = bench.post();
    sut.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    const stopped = shutDown();
    await jest.advanceTimersByTimeAsync(1_900);
    const within = bench.read(id).attempts;

    await jest.advanceTimersByTimeAsync(200);
    await stopped;

    expect([within, bench.read(id).attempts]).toEqual([1, 0]);
  });
});
