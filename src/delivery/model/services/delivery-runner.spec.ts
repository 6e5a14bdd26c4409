import { createDeliveryBench, RETRY_SECONDS } from '../../../../test/support/delivery-bench';
import { untilAborted } from '../../../../test/support/texts';
import { MAX_ATTEMPTS } from '../domain/attempt-limits';
import { DeliveryRefusedError } from '../domain/interfaces/delivery-channel';
import type { ClaimedMessage } from '../domain/claimed-message';
import { DeliveryRunner } from './delivery-runner';

const LEASE_SECONDS = 10;

type Deliver = (message: ClaimedMessage, signal: AbortSignal) => Promise<object>;

function setup(deliver: Deliver = () => Promise.resolve({ status: 200 })) {
  const bench = createDeliveryBench(deliver);
  const { deliveries, channels, metrics, config } = bench;
  const sut = new DeliveryRunner(deliveries, channels, metrics, config);
  const ending = new AbortController();

  /** Carries out the next attempt. */
  const run = async () => sut.run(await bench.claim(), ending.signal);
  const counted = (outcome: string) => bench.shown.value('notifications_total', { channel: 'webhook', outcome });
  return { ...bench, bench, run, ending, counted };
}

const breaks = () => Promise.reject(new Error('503 Service\nUnavailable'));

describe('DeliveryRunner', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('delivers and stores the receipt', async () => {
    const { bench, run, counted } = setup();
    const id = bench.post();

    await run();

    expect(bench.read(id)).toMatchObject({ status: 'delivered', receipt: { status: 200 }, attempts: 1 });
    expect(await counted('delivered')).toBe(1);
  });

  it('passes the message, its id and the attempt number to the channel', async () => {
    const seen: ClaimedMessage[] = [];
    const { bench, run } = setup((message) => {
      seen.push(message);
      return breaks();
    });
    bench.post();

    await run();
    bench.wait(RETRY_SECONDS);
    await run();

    expect(seen).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
    expect(seen[0]!.id).toBe(seen[1]!.id);
  });

  describe('a fault', () => {
    it('is retried after about 5 seconds with a one-line reason', async () => {
      const { bench, run, counted } = setup(breaks);
      const id = bench.post();

      await run();

      const { status, lastError } = bench.read(id);
      expect([status, lastError]).toEqual(['pending', '503 Service Unavailable']);
      expect(bench.waitsFor(id)).toBeGreaterThanOrEqual(4.5);
      expect(bench.waitsFor(id)).toBeLessThanOrEqual(5.5);
      expect(await counted('retried')).toBe(1);
    });

    it('is retried with increasing delays for about a day', async () => {
      const { bench, run } = setup(breaks);
      const id = bench.post();
      const pauses: number[] = [];

      for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
        await run();
        pauses.push(bench.waitsFor(id));
        bench.wait(pauses.at(-1)! + 1);
      }

      // Each is spread by a tenth to either side, so that two equal ones may come in either order.
      const ratios = pauses.slice(1).map((pause, index) => pause / pauses[index]!);
      expect(Math.min(...ratios)).toBeGreaterThan(0.9 / 1.1);
      const hours = pauses.reduce((sum, pause) => sum + pause, 0) / 3_600;
      expect([hours > 20, hours < 27]).toEqual([true, true]);
      expect(bench.read(id)).toMatchObject({ status: 'pending' });
    });

    it(`fails the delivery at attempt ${MAX_ATTEMPTS}`, async () => {
      const { bench, run, counted } = setup(breaks);
      const id = bench.post();

      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        await run();
        bench.wait(RETRY_SECONDS);
      }

      expect(bench.read(id)).toMatchObject({ status: 'failed', attempts: MAX_ATTEMPTS, gone: false });
      expect([await counted('retried'), await counted('failed')]).toEqual([MAX_ATTEMPTS - 1, 1]);
    });
  });

  describe('a refusal', () => {
    it.each([
      ['refused', false],
      ['gone', true],
    ] as const)('that is permanent (%s) fails the delivery at once', async (code, gone) => {
      const { bench, run, counted } = setup(() => Promise.reject(new DeliveryRefusedError('No such bucket', code)));
      const id = bench.post();

      await run();

      expect(bench.read(id)).toMatchObject({ status: 'failed', attempts: 1, lastError: 'No such bucket', gone });
      expect([await counted('failed'), await counted('retried')]).toEqual([1, undefined]);
    });
  });

  it('hands back a delivery at shutdown without counting the attempt', async () => {
    const { bench, run, ending, counted } = setup((_, signal) => untilAborted(signal));
    const id = bench.post();
    const running = run();
    await jest.advanceTimersByTimeAsync(1);

    ending.abort(new Error('The process has to end'));
    await running;

    expect(bench.read(id)).toMatchObject({ status: 'pending', attempts: 0, lastError: null });
    expect(await bench.claim()).toMatchObject({ message: { id } });
    expect(await counted('retried')).toBeUndefined();
  });

  it('stops waiting for a channel that ignores its abort signal', async () => {
    const { bench, run, ending } = setup(() => new Promise(() => undefined));
    const id = bench.post();
    const running = run();
    await jest.advanceTimersByTimeAsync(1);

    ending.abort(new Error('The process has to end'));
    await running;

    expect(bench.read(id)).toMatchObject({ status: 'pending', attempts: 0 });
  });

  describe('a lease', () => {
    it('is renewed while the channel is working', async () => {
      const { bench, run, deliveries } = setup(
        () => new Promise((resolve) => setTimeout(resolve, 3 * LEASE_SECONDS * 1000, {})),
      );
      const id = bench.post();
      const running = run();

      await jest.advanceTimersByTimeAsync(2 * LEASE_SECONDS * 1000);
      const taken = await deliveries.claimDue({ webhook: 1 });
      await jest.advanceTimersByTimeAsync(LEASE_SECONDS * 1000);
      await running;

      expect(taken).toEqual([]);
      expect(bench.read(id)).toMatchObject({ status: 'delivered', attempts: 1 });
    });

    it('that was lost leaves the outcome to its new holder', async () => {
      const { bench, run, deliveries, counted } = setup(async () => {
        bench.wait(LEASE_SECONDS + 1);
        holder = await bench.claim();
        return { status: 200 };
      });
      let holder: Awaited<ReturnType<typeof bench.claim>> | undefined;
      const id = bench.post();

      await run();

      expect(bench.read(id)).toMatchObject({ status: 'pending', attempts: 2, receipt: null });
      expect(await deliveries.beat(holder!)).toBe(true);
      expect(await counted('delivered')).toBeUndefined();
    });

    it('that was lost ends the attempt at the next heartbeat', async () => {
      let isAborted = false;
      const { bench, run } = setup((_, signal) =>
        untilAborted(signal).finally(() => {
          isAborted = true;
        }),
      );
      bench.post();
      const running = run();
      await jest.advanceTimersByTimeAsync(1);
      bench.wait(LEASE_SECONDS + 1);
      await bench.claim();

      await jest.advanceTimersByTimeAsync(1_000);
      await running;

      expect(isAborted).toBe(true);
    });
  });

  it('stores the outcome as soon as the database is back', async () => {
    const { bench, run, deliveries } = setup();
    const settle = deliveries.markDelivered.bind(deliveries);
    let isAway = true;
    deliveries.markDelivered = (...given) => (isAway ? Promise.reject(new Error('Away')) : settle(...given));
    const id = bench.post();
    const running = run();
    await jest.advanceTimersByTimeAsync(1_200);
    const before = bench.read(id);
    isAway = false;

    await jest.advanceTimersByTimeAsync(500);
    await running;

    expect([before.status, bench.read(id).status]).toEqual(['pending', 'delivered']);
  });
});
