import type { FileStorage } from '../../src/platform/storage/file-storage';
import {
  DividedProduction,
  type LedDivision,
  type ReportRows,
} from '../../src/production/model/domain/interfaces/divided-production';
import type { Piece } from '../../src/export/model/domain/division';
import { type ClaimedPart, type FinishedPart, toPartKey } from '../../src/production/model/domain/part';
import { digestOf } from '../../src/platform/digest/block-digest';
import { crc32 } from 'node:zlib';

/** What the production of a part waits for, or throws. */
export type BeforePart = (part: ClaimedPart, signal: AbortSignal) => unknown;

/** Parts that consist of one file of one line: the number of the part. */
export class FakeDividedProduction extends DividedProduction {
  /** How many parts a division has. */
  count = 3;
  /** Whether other workers can read the snapshot. */
  isShared = true;
  before: BeforePart = () => undefined;
  /** How many snapshots are open. */
  open = 0;
  /** The parts that the leader made. */
  readonly led: number[] = [];

  constructor(private readonly storage: FileStorage) {
    super();
  }

  override lead(): Promise<LedDivision> {
    this.open += 1;
    const pieces = Array.from({ length: this.count }, (): Piece => {
      return { reads: {}, folder: null, limits: { rows: null, bytes: null } };
    });
    const snapshot = { taken_at: '2026-11-21T04:05:06.000Z', server: null };
    return Promise.resolve({
      plan: { snapshot: this.isShared ? { id: '1' } : null, pieces },
      facts: { title: 'Transactions', snapshot, tables: [{ name: 'transactions', rows: null, columns: [] }] },
      rowCount: this.count,
      produce: (part, report, signal) => {
        this.led.push(part.number);
        return this.produce(part, report, signal);
      },
      assertOpen: () => Promise.resolve(),
      close: () => {
        this.open -= 1;
      },
    });
  }

  override async produce(part: ClaimedPart, report: ReportRows, signal: AbortSignal): Promise<FinishedPart> {
    await this.before(part, signal);
    signal.throwIfAborted();
    const bytes = Buffer.from(`${part.number}\n`);
    const key = toPartKey(part, 1, 'csv');
    await this.storage.put(key, one(bytes), { contentType: 'text/csv' });
    report(1);
    const { bytes: size, sha256, blocks } = digestOf(bytes);
    const file = { key, extension: 'csv', contentType: 'text/csv', rows: 1, size, sha256, blocks, crc32: crc32(bytes) };
    return { files: [file], warnings: [] };
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- bytes that are there at once
async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
