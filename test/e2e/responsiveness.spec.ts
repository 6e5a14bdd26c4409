import { setTimeout as pause } from 'node:timers/promises';
import { lessonBoard } from '../support/boards';
import { Installation } from '../support/installation';

const MOST_MS = 100;
const PAGES = 30;

/** Drawing happens beside the event loop: whoever asks how far it is gets an answer, whatever is being drawn. */
describe('While a lesson of 30 pages is drawn', () => {
  let installation: Installation;

  beforeAll(async () => {
    ({ installation } = await Installation.withService());
  });

  afterAll(() => installation.remove());

  it('the status is answered within 100 ms', async () => {
    const ann = await installation.asUser('ann');
    const session = await ann.saveBoard(lessonBoard(PAGES));
    const exports = [await ann.requestExport(session, 'png'), await ann.requestExport(session, 'pdf')];
    const over = Promise.all(exports.map(({ id }) => ann.finished(id, { every: 250 })));
    const drawing = new AbortController();
    void over.finally(() => {
      drawing.abort();
    });

    const times: number[] = [];
    while (!drawing.signal.aborted) {
      const began = performance.now();
      await ann.status(exports[times.length % 2]!.id);
      times.push(performance.now() - began);
      await pause(10);
    }

    for (const done of await over) expect(done).toMatchObject({ status: 'completed', page_count: PAGES });
    expect(times.length).toBeGreaterThan(20);
    // On a machine that others use too, a single answer may wait for its turn on a core.
    expect(percentile(times, 0.95)).toBeLessThanOrEqual(MOST_MS);
  });
});

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;
}
