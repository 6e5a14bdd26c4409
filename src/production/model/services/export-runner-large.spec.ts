import { type BenchTraits, createExportBench, TEXT } from '../../../../test/support/export-bench';
import { BEN } from '../../../../test/support/export-requests';
import { untilAborted } from '../../../../test/support/texts';

/** Two slots, so that one is for large exports. */
function setup(traits: BenchTraits = {}) {
  const gates = new Map<string, (text: string) => void>();
  const textOf = ({ id }: { readonly id: string }, signal: AbortSignal) =>
    Promise.race([untilAborted(signal), new Promise<string>((resolve) => gates.set(id, resolve))]);
  const bench = createExportBench({ textOf, environment: { EXPORT_CONCURRENCY: '2' }, ...traits });
  const { signal: ending } = new AbortController();
  const statusOf = async (id: string) => (await bench.read(id)).status;

  /** Takes so many jobs at once. */
  const take = async (jobs: number) => {
    for (let job = 0; job < jobs; job++) void bench.runner.runNext(ending);
    await settle();
  };
  const end = async (id: string) => {
    gates.get(id)!(TEXT);
    await settle();
  };
  return { bench, statusOf, take, end };
}

/** Lets everything happen that waits for no time to pass. */
const settle = () => jest.advanceTimersByTimeAsync(1);

describe('ExportRunner with large exports', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('keeps a slot for an export that is not large, for concurrent claims too', async () => {
    const { bench, statusOf, take, end } = setup();
    const large = [await bench.request({ isLarge: true }), await bench.request({ isLarge: true, caller: BEN })];

    await take(2);
    const small = await bench.request({ caller: BEN });
    await take(1);
    await end(small);

    expect(await Promise.all([...large, small].map(statusOf))).toEqual(['processing', 'pending', 'completed']);
  });

  it('gives the slot of a large export to the next large one', async () => {
    const { bench, statusOf, take, end } = setup();
    const [first, next] = [await bench.request({ isLarge: true }), await bench.request({ isLarge: true, caller: BEN })];
    await take(2);

    await end(first);

    expect(bench.queue.takeAll()).toEqual([next]);
    await take(1);
    expect(await statusOf(next)).toBe('processing');
  });

  it('wakes no worker for a large export while large exports have all their slots', async () => {
    const { bench, take } = setup();
    await bench.request({ isLarge: true });
    await bench.request({ isLarge: true, caller: BEN });
    await take(1);

    await bench.runner.wakeForNext();

    expect(bench.queue.takeAll()).toEqual([]);
  });

  it('hands back an export that turns out to be large while large exports have all their slots', async () => {
    const { bench, statusOf, take, end } = setup({ announcedLines: 100_000 });
    const large = await bench.request({ isLarge: true });
    const outgrown = await bench.request({ caller: BEN });
    await take(2);

    await end(outgrown);

    expect(bench.records.exports.get(outgrown)).toMatchObject({ status: 'pending', attempts: 0, isLarge: true });
    expect(bench.stepsOf(outgrown).at(-1)).toBe('export.handed-back');
    await take(1);
    expect(await statusOf(outgrown)).toBe('pending');
    await end(large);
    await take(1);
    await end(outgrown);
    expect(await bench.read(outgrown)).toMatchObject({ status: 'completed' });
  });

  it('goes on with an export that turns out to be large while a slot for it is free, and counts it', async () => {
    const beforeLine = (line: number) => (line === 1 ? new Promise(() => undefined) : undefined);
    const { bench, statusOf, take, end } = setup({ announcedLines: 100_000, beforeLine });
    const unexpected = await bench.request();
    await take(1);

    await end(unexpected);
    const large = await bench.request({ isLarge: true, caller: BEN });
    await take(1);

    expect([await statusOf(unexpected), await statusOf(large)]).toEqual(['processing', 'pending']);
  });
});
