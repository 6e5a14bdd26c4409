/** A token, or a function of the page that gets one. */
export type TokenProvider = string | (() => string | null | undefined | Promise<string | null | undefined>);

/** The page gave no token. It has the status of the response to a request without a token. */
export class NoTokenError extends Error {
  override readonly name = 'NoTokenError';
  readonly status = 401;
}

/** Keeps the token until the service refuses it. */
export class TokenSource {
  private token: Promise<string> | undefined;

  /** @param ask the page */
  constructor(private readonly ask: () => ReturnType<Exclude<TokenProvider, string>>) {}

  /** @throws NoTokenError */
  get(): Promise<string> {
    this.token ??= this.read();
    return this.token;
  }

  /** The next request gets another token. */
  renew(): void {
    this.token = undefined;
  }

  private async read(): Promise<string> {
    try {
      const token = await this.ask();
      if (token) return token;
    } catch (cause) {
      throw new NoTokenError('The page failed to get a token', { cause });
    }
    throw new NoTokenError('The page gave no token');
  }
}
