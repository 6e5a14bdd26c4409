import { createExportBench, TEXT } from '../../../../test/support/export-bench';
import { BEN } from '../../../../test/support/export-requests';

describe('ExportRunner with many exports of one account', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A process of so many slots, with exports that end when the test says so. */
  function setupSlots(concurrency: number) {
    const gates: (() => void)[] = [];
    const textOf = () =>
      new Promise<string>((resolve) => {
        gates.push(() => {
          resolve(TEXT);
        });
      });
    const environment = { EXPORT_CONCURRENCY: String(concurrency), EXPORTS_PER_ACCOUNT: '2' };
    const bench = createExportBench({ textOf, environment });
    const { runner, records } = bench;
    const isRunning = ({ status }: { readonly status: string }) => status === 'processing';
    const running = () => [...records.exports.values()].filter(isRunning).length;

    /** Takes so many jobs at once. */
    const take = async (jobs: number) => {
      for (let job = 0; job < jobs; job++) void runner.runNext(new AbortController().signal);
      await settle();
    };
    const endOne = async () => {
      gates.shift()!();
      await settle();
    };
    return { bench, queue: bench.queue, running, take, endOne };
  }

  /** Lets everything happen that waits for no time to pass. */
  const settle = () => jest.advanceTimersByTimeAsync(1);

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 3],
    [6, 5],
  ])('uses all but the last of %d slots: %d', async (concurrency, most) => {
    const { bench, take, running } = setupSlots(concurrency);
    for (let count = 0; count < 8; count++) await bench.request();

    await take(concurrency);

    expect(running()).toBe(most);
  });

  it.each([
    [1, 2],
    [2, 2],
  ])('uses its only slot while %d run elsewhere, up to the limit: %d', async (elsewhere, most) => {
    const { bench, take, running } = setupSlots(1);
    const ids: string[] = [];
    while (ids.length < 3) ids.push(await bench.request());
    for (const id of ids.slice(0, elsewhere)) await bench.claim(id);

    await take(1);

    expect(running()).toBe(most);
  });

  it('gives the last slot to another account', async () => {
    const { bench, take, running } = setupSlots(4);
    for (let count = 0; count < 8; count++) await bench.request();
    await take(4);
    const bens = await bench.request({ caller: BEN });

    await take(1);

    expect([running(), (await bench.read(bens)).status]).toEqual([4, 'processing']);
  });

  it('wakes a worker for the next export when one ends', async () => {
    const { bench, queue, take, endOne } = setupSlots(4);
    const ids: string[] = [];
    while (ids.length < 5) ids.push(await bench.request());
    await take(4);
    const before = queue.takeAll();

    await endOne();

    expect([before, queue.takeAll()]).toEqual([[], [ids[3]]]);
  });

  it('wakes no worker while no export may start', async () => {
    const { bench, queue, take, endOne } = setupSlots(4);
    await bench.request();
    await take(1);

    await endOne();

    expect(queue.takeAll()).toEqual([]);
  });

  it('completes the export while the queue is down', async () => {
    const { bench, queue, take, endOne } = setupSlots(4);
    const [id] = [await bench.request(), await bench.request()];
    await take(1);
    queue.fail();

    await endOne();

    expect(await bench.read(id)).toMatchObject({ status: 'completed' });
  });
});
