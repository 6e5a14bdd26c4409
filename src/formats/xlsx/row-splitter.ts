const LINE_FEED = 10;

/** Divides rows, one per line, between several sheets that are written one after the other. */
export class RowSplitter {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer | undefined;

  constructor(rows: AsyncIterable<Buffer>) {
    this.chunks = rows[Symbol.asyncIterator]();
  }

  /** The next rows. Lines are counted only if there is a limit. */
  async *take(rows: number): AsyncGenerator<Buffer> {
    let left = rows;
    while (left > 0) {
      const chunk = await this.next();
      if (!chunk) return;
      let end = Number.isFinite(left) ? 0 : chunk.length;
      while (left > 0 && end < chunk.length) {
        const found = chunk.indexOf(LINE_FEED, end);
        if (found === -1) break;
        end = found + 1;
        left -= 1;
      }
      if (left === 0) this.rest = chunk.subarray(end);
      yield left === 0 ? chunk.subarray(0, end) : chunk;
    }
  }

  /** Stops the reading, even if rows are left. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async next(): Promise<Buffer | undefined> {
    const { rest } = this;
    this.rest = undefined;
    if (rest && rest.length > 0) return rest;
    const next = await this.chunks.next();
    return next.done ? undefined : next.value;
  }
}
