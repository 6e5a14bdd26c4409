import { SharedLook } from './shared-look';

const SECOND = 1_000;

describe('SharedLook', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('looks once for all who ask at the same time', async () => {
    const look = jest.fn(() => Promise.resolve('found'));
    const shared = new SharedLook(look);

    expect(await Promise.all([shared.take(), shared.take(), shared.take()])).toEqual(['found', 'found', 'found']);
    expect(look).toHaveBeenCalledTimes(1);
    await shared.take();
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('remembers what it found, also that nothing can be seen, for as long as it is told', async () => {
    let outcome = Promise.resolve('found');
    const look = jest.fn(() => outcome);
    const shared = new SharedLook(look, SECOND);
    await shared.take();
    outcome = Promise.reject(new Error('away'));
    outcome.catch(() => undefined);

    jest.advanceTimersByTime(SECOND - 1);
    expect(await shared.take()).toBe('found');
    jest.advanceTimersByTime(1);
    expect(await shared.take()).toBeNull();
    outcome = Promise.resolve('found again');
    expect(await shared.take()).toBeNull();
    jest.advanceTimersByTime(SECOND);
    expect(await shared.take()).toBe('found again');
    expect(look).toHaveBeenCalledTimes(3);
  });

  it('gives an answer after two seconds, and begins no second look while the first one lasts', async () => {
    const look = jest.fn(() => new Promise<string>(() => undefined));
    const shared = new SharedLook(look, SECOND);

    for (let asked = 0; asked < 4; asked += 1) {
      const answer = shared.take();
      await jest.advanceTimersByTimeAsync(2 * SECOND);
      expect(await answer).toBeNull();
    }

    expect(look).toHaveBeenCalledTimes(1);
  });

  it('takes what it found a moment ago where a look is late', async () => {
    const look = jest.fn(() => Promise.resolve('found'));
    const shared = new SharedLook(look, SECOND);
    await shared.take();
    await jest.advanceTimersByTimeAsync(SECOND);
    look.mockImplementation(() => new Promise<string>(() => undefined));

    const late = shared.take();
    await jest.advanceTimersByTimeAsync(2 * SECOND);
    expect(await late).toBe('found');

    const later = shared.take();
    await jest.advanceTimersByTimeAsync(2 * SECOND);
    expect(await later).toBeNull();
  });

  it('gives up a look whose answer was lost', async () => {
    const look = jest.fn(() => new Promise<string>(() => undefined));
    const shared = new SharedLook(look, SECOND);
    void shared.take();
    await jest.advanceTimersByTimeAsync(10 * SECOND);
    look.mockImplementation(() => Promise.resolve('back'));

    expect(await shared.take()).toBe('back');
  });
});
