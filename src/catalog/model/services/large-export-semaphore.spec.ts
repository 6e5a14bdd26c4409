import { availableParallelism } from 'node:os';
import { Config } from '../../../platform/config/config';
import { LargeExportSemaphore } from './large-export-semaphore';

const SECRET = 'x'.repeat(32);
const MANY = 1_000_000;

describe('LargeExportSemaphore', () => {
  const most = Math.min(3, availableParallelism());
  const createSemaphore = () =>
    new LargeExportSemaphore(
      Config.from({
        DATABASE_URL: 'postgres://nowhere',
        JWT_SECRET: SECRET,
        LINK_SECRET: SECRET,
        EXPORT_CONCURRENCY: '3',
      }),
    );

  /** Acquires a slot and records its name once it is granted. */
  function acquire(semaphore: LargeExportSemaphore, started: string[], name: string, rows = MANY): AbortController {
    const release = new AbortController();
    semaphore.acquire(rows, release.signal).then(
      () => started.push(name),
      () => undefined,
    );
    return release;
  }

  const settled = () => new Promise(setImmediate);

  it('limits concurrent large exports and serves the others in order', async () => {
    const [semaphore, started] = [createSemaphore(), [] as string[]];
    const first = Array.from({ length: most }, (_, index) => acquire(semaphore, started, `early ${index}`));
    const left = acquire(semaphore, started, 'left');
    acquire(semaphore, started, 'late');
    acquire(semaphore, started, 'later');
    acquire(semaphore, started, 'small', 10);
    await settled();

    expect(started).toEqual([...first.map((_, index) => `early ${index}`), 'small']);

    left.abort();
    first[0]!.abort();
    await settled();

    expect(started.slice(most)).toEqual(['small', 'late']);
  });

  it('releases the slot when an export ends for any reason', async () => {
    const [semaphore, started] = [createSemaphore(), [] as string[]];
    for (let round = 0; round < 10; round += 1) {
      acquire(semaphore, started, `round ${round}`).abort();
    }
    const last = Array.from({ length: most }, (_, index) => acquire(semaphore, started, `last ${index}`));
    await settled();

    expect(started.filter((name) => name.startsWith('last'))).toHaveLength(last.length);
  });
});
