import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { lessonBoard } from '../support/boards';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import { scaled } from '../support/machine';
import type { Service } from '../support/service';

const MAX_MS = 100;
/** The process that draws shares its cores with its threads, so its answers take longer than those of an idle process. */
const TIMES_IDLE = 8;
const PAGES = 30;

/** Drawing does not block the event loop: status requests are served at once. */
describe('While a lesson of 30 pages is drawn', () => {
  let installation: Installation;
  let service: Service;

  beforeAll(async () => {
    ({ installation, service } = await Installation.withService());
  });

  afterAll(() => installation.remove());

  it('the status is returned within 100 ms', async () => {
    const ann = await installation.asUser('ann');
    const session = await ann.saveBoard(lessonBoard(PAGES));
    // On a busy machine every answer waits for its turn on a core: those of this process tell how long.
    const atIdle = await installation.asUser('ann', { at: await installation.start({ ROLE: 'api' }) });
    const exports = [await ann.requestExport(session, 'png'), await ann.requestExport(session, 'pdf')];
    const over = Promise.all(exports.map(({ id }) => ann.finished(id, { every: 250 })));
    const drawing = new AbortController();
    void over.finally(() => {
      drawing.abort();
    });

    const times: number[] = [];
    const idleTimes: number[] = [];
    while (!drawing.signal.aborted) {
      const { id } = exports[times.length % 2]!;
      times.push(await timeOfStatus(ann, id));
      idleTimes.push(await timeOfStatus(atIdle, id));
    }

    for (const done of await over) expect(done).toMatchObject({ status: 'completed', page_count: PAGES });
    expect(times.length).toBeGreaterThan(20);
    const limit = Math.max(scaled(MAX_MS), TIMES_IDLE * percentile(idleTimes, 0.95));
    expect(percentile(times, 0.95)).toBeLessThanOrEqual(limit);

    // The threads that draw and that make files wait for the main thread, and for all other processes.
    const [main, ...threads] = nicenessOfThreads(service.processId);
    expect(main).toBe(0);
    expect(threads.filter((niceness) => niceness === 10).length).toBeGreaterThanOrEqual(2);
  });
});

/** Of a process on Linux; the main thread is the first. */
function nicenessOfThreads(processId: number): number[] {
  const threads = readdirSync(`/proc/${processId}/task`).sort((one, other) => Number(one) - Number(other));
  return threads.map((thread) => {
    const fields = readFileSync(`/proc/${processId}/task/${thread}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[16]);
  });
}

async function timeOfStatus(person: Client, id: string): Promise<number> {
  const startedAt = performance.now();
  await person.status(id);
  const time = performance.now() - startedAt;
  await pause(10);
  return time;
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;
}
