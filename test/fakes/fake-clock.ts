/** The one clock of all fakes, as the database's is of all processes. It goes on by itself, and where a test moves it to. */
export class FakeClock {
  private ahead = 0;

  now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  /** The moment so many seconds from now. */
  in(seconds: number): Date {
    return new Date(this.now().getTime() + seconds * 1000);
  }

  advance(seconds: number): void {
    this.ahead += seconds * 1000;
  }
}
