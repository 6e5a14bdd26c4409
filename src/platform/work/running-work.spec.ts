import { silenceLogs, testConfig } from '../../../test/support/test-config';
import { untilAborted } from '../../../test/support/texts';
import { RunningWork } from './running-work';

const GRACE_SECONDS = 20;
const HAND_BACK_SECONDS = 5;

function setup() {
  silenceLogs();
  const sut = new RunningWork(testConfig({ SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS) }));
  /** Begins a shutdown. @returns whether it has ended */
  const shutDown = () => {
    let isOver = false;
    sut.onModuleDestroy();
    void sut.beforeApplicationShutdown().then(() => (isOver = true));
    return () => isOver;
  };
  return { sut, shutDown };
}

const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1000);

describe('A shutdown', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('does not wait where no work is running', async () => {
    const { sut, shutDown } = setup();
    const isOver = shutDown();

    await seconds(0);

    expect([isOver(), sut.ending.aborted, jest.getTimerCount()]).toEqual([true, false, 0]);
  });

  it('waits for work within the grace period, also for work that begins meanwhile and for work that fails', async () => {
    const { sut, shutDown } = setup();
    let fail!: (error: Error) => void;
    let finish!: () => void;
    const first = sut.add(new Promise<void>((_, reject) => (fail = reject)));
    const isOver = shutDown();
    await seconds(1);
    void sut.add(new Promise<void>((resolve) => (finish = resolve)));
    fail(new Error('It failed'));
    await expect(first).rejects.toThrow('It failed');
    await seconds(1);
    const before = isOver();

    finish();
    await seconds(0);

    expect([before, isOver(), sut.ending.aborted]).toEqual([false, true, false]);
  });

  it('aborts work at the end of the grace period, and lets it be handed back', async () => {
    const { sut, shutDown } = setup();
    let handBack!: () => void;
    const handedBack = new Promise<void>((resolve) => (handBack = resolve));
    void sut.add(untilAborted(sut.ending).catch(() => sut.add(handedBack)));
    const isOver = shutDown();
    await seconds(GRACE_SECONDS - 1);
    const early = sut.ending.aborted;
    await seconds(1);
    const before = isOver();

    handBack();
    await seconds(0);

    expect([early, before, isOver()]).toEqual([false, false, true]);
  });

  it.each([
    ['five seconds', undefined, HAND_BACK_SECONDS],
    ['as long as it said', 60_000, 60],
  ])('leaves work that ignores its end after %s', async (_, handBackMs, longest) => {
    const { sut, shutDown } = setup();
    void sut.add(new Promise<void>(() => undefined), handBackMs);
    const isOver = shutDown();
    await seconds(GRACE_SECONDS + longest - 1);
    const before = isOver();

    await seconds(1);

    expect([before, isOver()]).toEqual([false, true]);
  });
});
