import { blockThreadPool } from '../../../test/support/thread-pool';
import { silenceLogs } from '../../../test/support/test-config';
import { ThreadPoolWatch } from './thread-pool-watch';

const SECOND = 1_000;

describe('ThreadPoolWatch', () => {
  let watch: ThreadPoolWatch;

  beforeAll(silenceLogs);

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    watch = new ThreadPoolWatch();
    watch.onApplicationBootstrap();
  });
  afterEach(() => {
    watch.onApplicationShutdown();
    jest.useRealTimers();
  });

  const poolAnswers = () => blockThreadPool(1).over;

  it('reports no problem while the pool responds', async () => {
    for (let minute = 0; minute < 5; minute += 1) {
      jest.advanceTimersByTime(20 * SECOND);
      await poolAnswers();
    }

    expect(watch.isStuck).toBe(false);
  });

  it('reports the process as stuck after 30 seconds without a response, until it responds', async () => {
    const pool = blockThreadPool();

    jest.advanceTimersByTime(30 * SECOND);
    expect([pool.isBlocked(), watch.isStuck]).toEqual([true, false]);
    jest.advanceTimersByTime(SECOND);
    expect([pool.isBlocked(), watch.isStuck]).toEqual([true, true]);

    await pool.over;
    await poolAnswers();
    expect(watch.isStuck).toBe(false);
  });
});
