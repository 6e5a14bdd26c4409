import { availableParallelism } from 'node:os';
import { Config } from '../../../platform/config/config';
import { LargeExportSemaphore } from './large-export-semaphore';

const SECRET = 'x'.repeat(32);
const MANY = 1_000_000;

describe('LargeExportSemaphore', () => {
  const most = Math.min(3, availableParallelism());
  const reads = () =>
    new LargeExportSemaphore(
      Config.from({
        DATABASE_URL: 'postgres://nowhere',
        JWT_SECRET: SECRET,
        LINK_SECRET: SECRET,
        EXPORT_CONCURRENCY: '3',
      }),
    );

  /** Takes a turn, and notes by its name when it has it. */
  function taking(turns: LargeExportSemaphore, begun: string[], name: string, rows = MANY): AbortController {
    const over = new AbortController();
    turns.acquire(rows, over.signal).then(
      () => begun.push(name),
      () => undefined,
    );
    return over;
  }

  const settled = () => new Promise(setImmediate);

  it('limits concurrent large exports and serves the others in order', async () => {
    const [turns, begun] = [reads(), [] as string[]];
    const first = Array.from({ length: most }, (_, index) => taking(turns, begun, `early ${index}`));
    const left = taking(turns, begun, 'left');
    taking(turns, begun, 'late');
    taking(turns, begun, 'later');
    taking(turns, begun, 'small', 10);
    await settled();

    expect(begun).toEqual([...first.map((_, index) => `early ${index}`), 'small']);

    left.abort();
    first[0]!.abort();
    await settled();

    expect(begun.slice(most)).toEqual(['small', 'late']);
  });

  it('releases the slot when an export ends for any reason', async () => {
    const [turns, begun] = [reads(), [] as string[]];
    for (let round = 0; round < 10; round += 1) {
      taking(turns, begun, `round ${round}`).abort();
    }
    const last = Array.from({ length: most }, (_, index) => taking(turns, begun, `last ${index}`));
    await settled();

    expect(begun.filter((name) => name.startsWith('last'))).toHaveLength(last.length);
  });
});
