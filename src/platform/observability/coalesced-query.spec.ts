import { CoalescedQuery } from './coalesced-query';

const SECOND = 1_000;

describe('CoalescedQuery', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs once for concurrent callers', async () => {
    const query = jest.fn(() => Promise.resolve('found'));
    const coalesced = new CoalescedQuery(query);

    expect(await Promise.all([coalesced.get(), coalesced.get(), coalesced.get()])).toEqual(['found', 'found', 'found']);
    expect(query).toHaveBeenCalledTimes(1);
    await coalesced.get();
    expect(query).toHaveBeenCalledTimes(2);
  });

  it('returns its last result or error until that is too old', async () => {
    let outcome = Promise.resolve('found');
    const query = jest.fn(() => outcome);
    const coalesced = new CoalescedQuery(query, SECOND);
    await coalesced.get();
    outcome = Promise.reject(new Error('away'));
    outcome.catch(() => undefined);

    jest.advanceTimersByTime(SECOND - 1);
    expect(await coalesced.get()).toBe('found');
    jest.advanceTimersByTime(1);
    expect(await coalesced.get()).toBeNull();
    outcome = Promise.resolve('found again');
    expect(await coalesced.get()).toBeNull();
    jest.advanceTimersByTime(SECOND);
    expect(await coalesced.get()).toBe('found again');
    expect(query).toHaveBeenCalledTimes(3);
  });

  it('returns after two seconds and never runs twice at once', async () => {
    const query = jest.fn(() => new Promise<string>(() => undefined));
    const coalesced = new CoalescedQuery(query, SECOND);

    for (let requested = 0; requested < 4; requested += 1) {
      const response = coalesced.get();
      await jest.advanceTimersByTimeAsync(2 * SECOND);
      expect(await response).toBeNull();
    }

    expect(query).toHaveBeenCalledTimes(1);
  });

  it('returns a recent result while it is late', async () => {
    const query = jest.fn(() => Promise.resolve('found'));
    const coalesced = new CoalescedQuery(query, SECOND);
    await coalesced.get();
    await jest.advanceTimersByTimeAsync(SECOND);
    query.mockImplementation(() => new Promise<string>(() => undefined));

    const late = coalesced.get();
    await jest.advanceTimersByTimeAsync(2 * SECOND);
    expect(await late).toBe('found');

    const later = coalesced.get();
    await jest.advanceTimersByTimeAsync(2 * SECOND);
    expect(await later).toBeNull();
  });

  it('abandons a query without a response', async () => {
    const query = jest.fn(() => new Promise<string>(() => undefined));
    const coalesced = new CoalescedQuery(query, SECOND);
    void coalesced.get();
    await jest.advanceTimersByTimeAsync(10 * SECOND);
    query.mockImplementation(() => Promise.resolve('back'));

    expect(await coalesced.get()).toBe('back');
  });
});
