import type { FairSlots, ReleaseSlot } from './fair-slots';

/** The turn of one drawing to have a large page in memory: several such pages at once would take gigabytes. */
export class LargePageTurn {
  private readonly ending = new AbortController();
  private turn: Promise<ReleaseSlot> | null = null;

  constructor(
    private readonly slots: FairSlots,
    private readonly account: string,
  ) {}

  /** @throws when the drawing ended meanwhile */
  async wait(): Promise<void> {
    this.turn ??= this.slots.acquire({ account: this.account, signal: this.ending.signal, urgent: false });
    await this.turn;
  }

  release(): void {
    void this.turn?.then(
      (release) => {
        release();
      },
      () => undefined,
    );
    this.turn = null;
  }

  /** The drawing is over, however it ended. */
  end(): void {
    this.ending.abort(new Error('The drawing has ended'));
    this.release();
  }
}
