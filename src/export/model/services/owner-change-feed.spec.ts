import type { Subscription } from 'rxjs';
import { createExportBench } from '../../../../test/support/export-bench';
import { ANN, ANN_IN_BLUE, BEN, finishedFile, PARTNER } from '../../../../test/support/export-requests';
import type { Person } from '../../../platform/auth/principal';
import { OwnerChangeFeed } from './owner-change-feed';

const POLL_MS = 400;

function setup() {
  const bench = createExportBench();
  const sut = new OwnerChangeFeed(bench.exports);
  const poll = () => jest.advanceTimersByTimeAsync(POLL_MS);
  /** What a subscriber receives: the status of each export, `connected`, and `complete`. */
  const watch = (owner: Person = ANN): { readonly seen: string[]; readonly subscription: Subscription } => {
    const seen: string[] = [];
    const subscription = sut.changesFor(owner).subscribe({
      next: (change) => seen.push(change.export ? change.export.status : change.kind),
      complete: () => seen.push('complete'),
    });
    return { seen, subscription };
  };
  const start = async (id: string) => {
    bench.records.clock.advance(1);
    return (await bench.claim(id))!;
  };
  const complete = async (id: string) => {
    const attempt = await start(id);
    bench.records.clock.advance(1);
    return bench.attempts.finish(attempt, finishedFile(id));
  };
  return { ...bench, sut, poll, watch, start, complete };
}

describe('OwnerChangeFeed', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('emits the unfinished exports, however old, then `connected`, then every change', async () => {
    const { request, complete, start, records, watch, poll } = setup();
    await complete(await request());
    const old = await request();
    records.clock.advance(3_600);

    const { seen } = watch();
    await poll();
    await poll();
    expect(seen).toEqual(['pending', 'connected']);

    await start(old);
    await poll();
    await request();
    await poll();
    expect(seen).toEqual(['pending', 'connected', 'processing', 'pending']);
  });

  it('leaves an export that finished before the connection to the list', async () => {
    const { request, complete, watch, poll } = setup();
    await complete(await request());

    const { seen } = watch();
    await poll();
    await poll();

    expect(seen).toEqual(['connected']);
  });

  it('emits each version once, in the order of the changes', async () => {
    const { request, complete, start, watch, poll } = setup();
    const { seen } = watch();
    await poll();

    const [one, two] = [await request(), await request()];
    await start(one);
    await complete(two);
    await poll();
    await poll();

    expect(seen).toEqual(['connected', 'processing', 'completed']);
  });

  it('shows nobody the exports of others', async () => {
    const { request, watch, poll } = setup();
    await request({ caller: BEN });
    await request({ caller: PARTNER });
    const [ann, annInBlue] = [watch(ANN), watch(ANN_IN_BLUE)];
    await poll();

    await request({ caller: ANN_IN_BLUE });
    await poll();

    expect(ann.seen).toEqual(['connected']);
    expect(annInBlue.seen).toEqual(['connected', 'pending']);
  });

  it('serves all subscribers with one query per poll, and one for what changed', async () => {
    const { exports, request, watch, poll } = setup();
    const [versions, records] = [jest.spyOn(exports, 'findVersions'), jest.spyOn(exports, 'findAll')];
    const streams = [watch(), watch(), watch(BEN)];
    await poll();
    versions.mockClear();

    await request();
    for (let count = 0; count < 5; count += 1) await poll();

    expect(versions).toHaveBeenCalledTimes(5);
    expect(records).toHaveBeenCalledTimes(1);
    expect(streams.map(({ seen }) => seen)).toEqual([
      ['connected', 'pending'],
      ['connected', 'pending'],
      ['connected'],
    ]);
  });

  it('emits what changed while the database was away', async () => {
    const { exports, request, records, watch, poll } = setup();
    const { seen } = watch();
    await poll();
    const away = jest.spyOn(exports, 'findVersions').mockRejectedValue(new Error('away'));

    await request();
    for (let count = 0; count < 100; count += 1) await poll();
    expect(seen).toEqual(['connected']);
    away.mockRestore();
    await poll();

    expect(records.exports.size).toBe(1);
    expect(seen).toEqual(['connected', 'pending']);
  });

  it('stops polling without subscribers', async () => {
    const { watch, poll } = setup();
    const { subscription } = watch();
    await poll();

    subscription.unsubscribe();
    await poll();

    expect(jest.getTimerCount()).toBe(0);
  });

  it('completes at shutdown, and at once afterwards', async () => {
    const { sut, watch, poll } = setup();
    const { seen: before } = watch();
    await poll();

    sut.onModuleDestroy();
    await poll();

    expect(before).toEqual(['connected', 'complete']);
    expect(watch().seen).toEqual(['complete']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
