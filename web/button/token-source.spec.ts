import { NoTokenError, TokenSource } from './token-source';

describe('TokenSource', () => {
  it('asks the page once, and again when the service refused the token', async () => {
    let asked = 0;
    const tokens = new TokenSource(() => `token${(asked += 1)}`);

    expect([await tokens.get(), await tokens.get()]).toEqual(['token1', 'token1']);
    tokens.renew();

    expect(await tokens.get()).toBe('token2');
  });

  it.each([
    ['gives no token', () => null],
    ['fails to get one', () => Promise.reject(new Error('signed out'))],
  ])('fails like a refused token where the page %s', async (_what, ask) => {
    await expect(new TokenSource(ask).get()).rejects.toThrow(NoTokenError);
    await expect(new TokenSource(ask).get()).rejects.toMatchObject({ status: 401 });
  });
});
