import { Turns } from './turns';

describe('Turns', () => {
  const { signal } = new AbortController();
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  function work() {
    const started: string[] = [];
    const ends = new Map<string, (error?: Error) => void>();
    return {
      started,
      end: (name: string, error?: Error) => ends.get(name)?.(error),
      run: (name: string) => () =>
        new Promise<void>((resolve, reject) => {
          started.push(name);
          ends.set(name, (error) => {
            if (error) reject(error);
            else resolve();
          });
        }),
    };
  }

  it('starts no more than the limit at a time, in order', async () => {
    const turns = new Turns(2);
    const { started, end, run } = work();
    for (const name of ['a', 'b', 'c', 'd']) void turns.take(run(name), signal);
    await settled();
    expect(started).toEqual(['a', 'b']);

    end('b');
    await settled();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('goes on after work that failed or is no longer wanted', async () => {
    const turns = new Turns(1);
    const { started, end, run } = work();
    const unwanted = new AbortController();
    const failing = turns.take(run('a'), signal);
    const aborted = turns.take(run('b'), unwanted.signal);
    void turns.take(run('c'), signal);
    unwanted.abort();
    await settled();

    end('a', new Error('broken'));
    await expect(failing).rejects.toThrow('broken');
    await expect(aborted).rejects.toBe(unwanted.signal.reason);
    await settled();
    expect(started).toEqual(['a', 'c']);
  });
});
