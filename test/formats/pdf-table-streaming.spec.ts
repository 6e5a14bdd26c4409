import { buffer } from 'node:stream/consumers';
import { PdfWriter } from '../../src/formats/pdf/pdf.writer';
import type { Cell } from '../../src/formats';
import { longestBlock } from '../support/cpu-time';
import { aTable } from '../support/pdf-tables';

const BATCH = 100;

/** A table of many rows that counts the requested rows, and records whether reading was aborted. */
function watchedTable(rowCount: number) {
  const seen = { asked: 0, ended: false };
  async function* rows(): AsyncGenerator<Cell[][]> {
    try {
      for (; seen.asked < rowCount;) {
        seen.asked += BATCH;
        yield await Promise.resolve(
          Array.from({ length: BATCH }, (_, index) => [`Pupil ${seen.asked + index}`, index]),
        );
      }
    } finally {
      seen.ended = true;
    }
  }
  return { seen, table: aTable([], { rowCount, rows }) };
}

describe('PdfWriter, for tables: streaming', () => {
  it('draws pages while they are read', async () => {
    const { seen, table } = watchedTable(100_000);

    const bytes = new PdfWriter().write(table, {}, () => undefined).body[Symbol.asyncIterator]();
    for (let read = 0; read < 5; read += 1) await bytes.next();

    expect(seen.asked).toBeLessThan(1_000);
    await bytes.return?.();
  });

  it('stops reading rows when its reader leaves', async () => {
    const { seen, table } = watchedTable(100_000);

    for await (const chunk of new PdfWriter().write(table, {}, () => undefined).body) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }

    expect(seen.ended).toBe(true);
    expect(seen.asked).toBeLessThan(1_000);
  });

  it('does not block the event loop', async () => {
    const { table } = watchedTable(3_000);
    await buffer(new PdfWriter().write(watchedTable(100).table, {}, () => undefined).body);

    const longest = await longestBlock(() => buffer(new PdfWriter().write(table, {}, () => undefined).body));

    // Drawing all at once takes seconds.
    expect(longest).toBeLessThan(500);
  });

  it('shares fonts between documents', async () => {
    const rows = [['白板 金 김', 1]];
    const begin = async () => {
      const bytes = new PdfWriter().write(aTable(rows), {}, () => undefined).body[Symbol.asyncIterator]();
      await bytes.next();
      return bytes;
    };
    const first = await begin();
    const before = process.memoryUsage().external;

    const others = [];
    for (let other = 0; other < 6; other += 1) others.push(await begin());

    // The font of Chinese alone has ten megabytes.
    expect(process.memoryUsage().external - before).toBeLessThan(20_000_000);
    for (const bytes of [first, ...others]) await bytes.return?.();
  });
});
