import type { Projection, Relation, RenderedRows } from './content';

/** Where a file of rows ends: at the last row before a limit. `null` is no limit. */
export interface FileLimits {
  readonly rows: number | null;
  /** Of its text, before it is compressed. */
  readonly bytes: number | null;
}

/**
 * Cuts the rows of a relation into files: each file is written of a relation with some of the rows. One query renders all of
 * them, so the files have the same projection and are read one after the other. A row that exceeds the limit by itself has a file
 * of its own.
 */
export class CutRelation {
  private rows: AsyncIterator<WholeRows> | undefined;
  /** What is left of the rows that were read last. */
  private batch: WholeRows = NO_ROWS;
  private readonly headerBytes: number;

  constructor(
    private readonly relation: Relation,
    private readonly limits: FileLimits,
  ) {
    // A file may begin with the names of its columns, quoted.
    this.headerBytes = relation.columns.reduce((sum, { name }) => sum + 2 * Buffer.byteLength(name) + 3, 0);
  }

  /** The rows of the next file. Call it when those of the file before have been read. */
  next(): Relation {
    const { name, section, columns, rowCount } = this.relation;
    return {
      name,
      section,
      columns,
      rowCount,
      render: (projection, onProgress) => this.render(projection, onProgress),
      sample: (select, rows) => this.relation.sample(select, rows),
    };
  }

  /** Whether rows are left for another file. */
  async hasMore(): Promise<boolean> {
    while (this.batch.ends.length === 0) {
      const next = await this.rows?.next();
      if (!next || next.done === true) return false;
      this.batch = next.value;
    }
    return true;
  }

  /** Ends the query of files that are not read to the end. */
  async close(): Promise<void> {
    await this.rows?.return?.();
  }

  private render(projection: Projection, onProgress?: (rows: number) => void): RenderedRows {
    const rendered = this.relation.render(projection);
    this.rows ??= toWholeRows(rendered, projection.as.kind === 'csv');
    let count = 0;
    const chunks = this.read((rows) => {
      count += rows;
      onProgress?.(count);
    });
    return { ...rendered, [Symbol.asyncIterator]: () => chunks, count: () => count };
  }

  private async *read(add: (rows: number) => void): AsyncGenerator<Buffer> {
    const { rows: maxRows, bytes: maxBytes } = this.limits;
    let [rows, bytes] = [0, this.headerBytes];
    while (await this.hasMore()) {
      const { ends } = this.batch;
      let taken = 0;
      for (const end of ends) {
        const isFull = rows + taken >= (maxRows ?? Infinity) || bytes + end > (maxBytes ?? Infinity);
        if (isFull && rows + taken > 0) break;
        taken += 1;
      }
      if (taken === 0) return;
      const chunk = this.take(taken);
      rows += taken;
      bytes += chunk.length;
      add(taken);
      yield chunk;
    }
  }

  private take(rows: number): Buffer {
    const { bytes, ends } = this.batch;
    const end = ends[rows - 1] ?? 0;
    this.batch = { bytes: bytes.subarray(end), ends: ends.slice(rows).map((other) => other - end) };
    return bytes.subarray(0, end);
  }
}

/** Some rows as text. */
interface WholeRows {
  readonly bytes: Buffer;
  /** Where each row ends. */
  readonly ends: readonly number[];
}

const NO_ROWS: WholeRows = { bytes: Buffer.alloc(0), ends: [] };

/** @throws Error if the text ends within a row */
async function* toWholeRows(chunks: AsyncIterable<Buffer>, isCsv: boolean): AsyncGenerator<WholeRows> {
  const borders = new RowEnds(isCsv);
  let [begun, begunBytes]: [Buffer[], number] = [[], 0];
  for await (const chunk of chunks) {
    const found = borders.find(chunk);
    const last = found.at(-1);
    if (last === undefined) {
      begun.push(chunk);
      begunBytes += chunk.length;
      continue;
    }
    const before = begunBytes;
    const bytes = before === 0 ? chunk.subarray(0, last) : Buffer.concat([...begun, chunk.subarray(0, last)]);
    yield { bytes, ends: before === 0 ? found : found.map((end) => end + before) };
    begun = last < chunk.length ? [chunk.subarray(last)] : [];
    begunBytes = chunk.length - last;
  }
  if (begunBytes > 0) throw new Error('The rendered rows end within a row');
}

const LINE_FEED = 0x0a;
const QUOTE = 0x22;

/** Finds where rows end: at a line break, in CSV at one outside of quotes. */
class RowEnds {
  private isWithinQuotes = false;

  constructor(private readonly isCsv: boolean) {}

  find(chunk: Buffer): number[] {
    const ends: number[] = [];
    let quote = this.isCsv ? chunk.indexOf(QUOTE) : -1;
    for (let at = 0; at < chunk.length;) {
      if (this.isWithinQuotes) {
        if (quote < 0) return ends;
        at = quote + 1;
        quote = chunk.indexOf(QUOTE, at);
        this.isWithinQuotes = false;
        continue;
      }
      const lineFeed = chunk.indexOf(LINE_FEED, at);
      if (quote >= 0 && (lineFeed < 0 || quote < lineFeed)) {
        at = quote + 1;
        quote = chunk.indexOf(QUOTE, at);
        this.isWithinQuotes = true;
      } else if (lineFeed < 0) {
        return ends;
      } else {
        at = lineFeed + 1;
        ends.push(at);
      }
    }
    return ends;
  }
}
