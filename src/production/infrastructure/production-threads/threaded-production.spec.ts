import { join } from 'node:path';
import { silenceLogs, TestMetrics } from '../../../../test/support/test-config';
import { until } from '../../../../test/support/until';
import type { Attempt } from '../../model/domain/interfaces/attempt.repository';
import { ThreadedProduction } from './threaded-production';

type Act = 'produce' | 'fail' | 'wait' | 'crash' | 'hang' | 'exhaust';

const PROGRAM = join(__dirname, '../../../../test/support/production-thread.cjs');
const NEVER = new AbortController().signal;

function setup({ threads = 1, stuckAfterTicks = 30 } = {}) {
  silenceLogs();
  const metrics = new TestMetrics();
  const options = { program: PROGRAM, environment: {}, threads, heapMb: 32, youngHeapMb: 6, stuckAfterTicks };
  const sut = new ThreadedProduction(options, metrics);
  running.push(sut);
  let count = 0;
  const progress: object[] = [];
  const produce = (act: Act, signal = NEVER) => {
    const attempt = { token: `attempt-${(count += 1)}`, number: 1, export: { options: { act } } } as unknown as Attempt;
    return sut.produce(attempt, (step) => progress.push(step), signal);
  };
  return { sut, metrics, progress, produce };
}

const running: ThreadedProduction[] = [];
afterEach(() => Promise.all(running.splice(0).map((sut) => sut.onApplicationShutdown())));

describe('ThreadedProduction', () => {
  it('returns the file of a thread, and reports its progress', async () => {
    const { produce, progress } = setup();

    await expect(produce('produce')).resolves.toEqual({ name: 'Rows.csv' });
    expect(progress).toEqual([{ done: 1, total: 2, unit: 'rows' }]);
  });

  it('fails as the thread does', async () => {
    const { produce } = setup();

    await expect(produce('fail')).rejects.toMatchObject({ kind: 'gone', code: 'session-deleted', message: 'Gone' });
  });

  it('passes on that an attempt is aborted, and waits until its work has ended', async () => {
    const { produce } = setup();
    const abort = new AbortController();
    const waiting = produce('wait', abort.signal);

    abort.abort(new Error('cancelled'));

    await expect(waiting).rejects.toThrow('aborted');
  });

  it.each([
    ['crashes', 'crash', /A fault of the thread/],
    ['needs too much memory', 'exhaust', /memory limit/],
  ] as const)('fails all attempts of a thread that %s, and replaces it', async (_, act, reason) => {
    const { produce, metrics } = setup();
    const other = produce('wait');
    other.catch(() => undefined);

    await expect(produce(act)).rejects.toThrow(reason);

    await expect(other).rejects.toThrow(reason);
    await expect(produce('produce')).resolves.toBeDefined();
    expect(await metrics.value('export_threads_lost_total')).toBe(1);
  });

  it('terminates a thread that hangs', async () => {
    const { produce } = setup({ stuckAfterTicks: 2 });

    await expect(produce('hang')).rejects.toThrow(/did not answer for 2 s/);
  });

  it('starts a thread only when all others are busy', async () => {
    const { produce, metrics } = setup({ threads: 2 });
    await produce('produce');
    const first = produce('wait');
    const crashing = produce('crash');

    await expect(crashing).rejects.toThrow('A fault of the thread');

    await until('the crash is counted', async () => (await metrics.value('export_threads_lost_total')) === 1);
    // The first one waits in a thread of its own.
    expect(await Promise.race([first.catch(() => 'lost'), produce('produce').then(() => 'alive')])).toBe('alive');
    first.catch(() => undefined);
  });

  it('gives an aborted attempt up when the thread does not answer', async () => {
    const { produce } = setup();
    const abort = new AbortController();
    const hanging = produce('hang', abort.signal);

    abort.abort(new Error('The process has to end'));

    await expect(hanging).rejects.toThrow(/has to end|did not answer/);
  });
});
