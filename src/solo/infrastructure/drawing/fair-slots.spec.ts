import { setImmediate } from 'node:timers/promises';
import { DrawingCapacity } from './drawing-capacity';
import { FairSlots, type ReleaseSlot } from './fair-slots';

const never = new AbortController().signal;

/** Notes who got a slot, in order. */
class Queue {
  readonly granted: string[] = [];
  readonly releases = new Map<string, ReleaseSlot>();

  constructor(private readonly slots: FairSlots) {}

  ask(name: string, account = name, { urgent = false, signal = never } = {}): Promise<void> {
    return this.slots.acquire({ account, signal, urgent }).then((release) => {
      this.granted.push(name);
      this.releases.set(name, release);
    });
  }

  async end(name: string): Promise<void> {
    this.releases.get(name)?.();
    await setImmediate();
  }
}

describe('FairSlots', () => {
  it('grants a free slot to the account with the fewest slots', async () => {
    const queue = new Queue(new FairSlots({ slots: 2, perAccount: 2 }));
    for (const name of ['a1', 'a2', 'a3', 'a4', 'b1']) void queue.ask(name, name[0]);
    await setImmediate();

    await queue.end('a1');

    expect(queue.granted).toEqual(['a1', 'a2', 'b1']);
  });

  it('grants slots in order of arrival to accounts with equally many slots', async () => {
    const queue = new Queue(new FairSlots({ slots: 1, perAccount: 1 }));
    for (const name of ['a1', 'b1', 'a2', 'c1']) void queue.ask(name, name[0]);
    await setImmediate();

    for (const name of ['a1', 'b1', 'a2']) await queue.end(name);

    expect(queue.granted).toEqual(['a1', 'b1', 'a2', 'c1']);
  });

  it('keeps slots free that exceed the limit of an account', async () => {
    const queue = new Queue(new FairSlots({ slots: 3, perAccount: 2 }));
    for (const name of ['a1', 'a2', 'a3']) void queue.ask(name, 'a');
    await setImmediate();
    const before = [...queue.granted];

    await queue.ask('b1');
    await queue.end('a1');

    expect(before).toEqual(['a1', 'a2']);
    expect(queue.granted).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('grants slots to urgent requests first', async () => {
    const queue = new Queue(new FairSlots({ slots: 1, perAccount: 1 }));
    void queue.ask('a1');
    void queue.ask('b1');
    void queue.ask('c1', 'c', { urgent: true });
    await setImmediate();

    await queue.end('a1');

    expect(queue.granted).toEqual(['a1', 'c1']);
  });

  it('removes a request whose signal aborts', async () => {
    const slots = new FairSlots({ slots: 1, perAccount: 1 });
    const queue = new Queue(slots);
    const leaving = new AbortController();
    void queue.ask('a1');
    const left = queue.ask('b1', 'b', { signal: leaving.signal });
    void queue.ask('c1');

    leaving.abort(new Error('gone'));

    await expect(left).rejects.toThrow('gone');
    await expect(queue.ask('d1', 'd', { signal: leaving.signal })).rejects.toThrow('gone');
    expect(slots.waitingCount).toBe(1);
    await queue.end('a1');
    expect(queue.granted).toEqual(['a1', 'c1']);
  });

  it('ignores the second release of a slot', async () => {
    const queue = new Queue(new FairSlots({ slots: 1, perAccount: 1 }));
    for (const name of ['a', 'b', 'c']) void queue.ask(name);
    await setImmediate();

    await queue.end('a');
    await queue.end('a');

    expect(queue.granted).toEqual(['a', 'b']);
  });
});

describe('DrawingCapacity', () => {
  const isGranted = async (promise: Promise<unknown>) =>
    Promise.race([promise.then(() => true), setImmediate().then(() => false)]);

  it.each([2, 4])('leaves one of %d threads to other accounts', async (threads) => {
    const capacity = new DrawingCapacity(threads);
    for (let taken = 0; taken < threads - 1; taken += 1) await capacity.acquire('export', 'greedy', never);

    expect(await isGranted(capacity.acquire('export', 'greedy', never))).toBe(false);
    expect(await isGranted(capacity.acquire('export', 'other', never))).toBe(true);
  });

  it('draws one thumbnail for each account while exports use all their threads', async () => {
    const capacity = new DrawingCapacity(2);
    for (const account of ['a', 'b']) await capacity.acquire('export', account, never);

    expect(await isGranted(capacity.acquire('thumbnail', 'a', never))).toBe(true);
    expect(await isGranted(capacity.acquire('thumbnail', 'a', never))).toBe(false);
    expect(await isGranted(capacity.acquire('thumbnail', 'b', never))).toBe(true);
  });

  it('draws a thumbnail before waiting exports when there is a single thread', async () => {
    const capacity = new DrawingCapacity(1);
    const release = await capacity.acquire('export', 'a', never);
    const waitingExport = capacity.acquire('export', 'b', never);
    const thumbnail = capacity.acquire('thumbnail', 'c', never);

    release();

    expect(await isGranted(thumbnail)).toBe(true);
    expect(await isGranted(waitingExport)).toBe(false);
    expect(capacity.threads).toBe(1);
  });

  it('refuses a thumbnail with Retry-After when ten of its account wait', async () => {
    const capacity = new DrawingCapacity(2);
    for (let requested = 0; requested < 11; requested += 1) {
      void capacity.acquire('thumbnail', 'a', new AbortController().signal);
    }

    await expect(capacity.acquire('thumbnail', 'a', never)).rejects.toMatchObject({
      kind: 'limit',
      code: 'too-many-thumbnails',
      details: { retryAfterSeconds: 5 },
    });
    expect(await isGranted(capacity.acquire('thumbnail', 'b', never))).toBe(true);
  });
});
