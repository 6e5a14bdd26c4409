import { ProgressHistory, type Progressing, roundTimeLeft } from './pace';

const START = Date.parse('2026-11-30T12:00:00Z');

function recordWith(done: number, traits: Partial<Progressing> & { total?: number | null } = {}): Progressing {
  const { total = 1000, ...rest } = traits;
  return {
    status: 'processing',
    progress: { done, total },
    started_at: null,
    updated_at: new Date(START).toISOString(),
    ...rest,
  };
}

/** A history with `done` at these seconds after the start. */
function historyOf(steps: Readonly<Record<number, number>>): ProgressHistory {
  const history = new ProgressHistory();
  for (const [second, done] of Object.entries(steps)) history.add(recordWith(done), START + Number(second) * 1000);
  return history;
}

const after = (seconds: number): number => START + seconds * 1000;

describe('The pace of an export', () => {
  it('is what was done during the last seconds, and says how long the rest takes', () => {
    const history = historyOf({ 0: 0, 1: 100, 2: 200 });

    expect(history.paceOf(recordWith(200), after(2))).toEqual({ perSecond: 100, secondsLeft: 8 });
  });

  it('has no time left where the total is unknown', () => {
    const history = historyOf({ 0: 0, 2: 200 });

    expect(history.paceOf(recordWith(200, { total: null }), after(2))).toEqual({ perSecond: 100, secondsLeft: null });
  });

  it('forgets how fast the export was long ago', () => {
    const history = historyOf({ 0: 0, 10: 10_000, 40: 10_030, 50: 10_040, 60: 10_050, 70: 10_060 });

    expect(history.paceOf(recordWith(10_060), after(70))?.perSecond).toBe(1);
  });

  it('sinks while the export stands still', () => {
    const history = historyOf({ 0: 0, 1: 100, 2: 200 });
    const speeds = [2, 4, 10, 100].map((second) => history.paceOf(recordWith(200), after(second))?.perSecond);

    expect(speeds).toEqual([100, 100, 25, expect.closeTo(2.04, 2)]);
  });

  it('starts again with another attempt', () => {
    const history = historyOf({ 0: 0, 1: 500, 2: 10, 4: 30 });

    expect(history.paceOf(recordWith(30), after(4))?.perSecond).toBe(10);
  });

  it('is the average since the start where the page has just been opened', () => {
    const record = recordWith(300, { started_at: new Date(START - 3000).toISOString() });

    expect(historyOf({ 0: 300 }).paceOf(record, after(0))).toEqual({ perSecond: 100, secondsLeft: 7 });
  });

  it.each([
    ['nothing is done', recordWith(0)],
    ['the export waits', recordWith(5, { status: 'pending' })],
    ['the export has ended', recordWith(1000, { status: 'completed' })],
    ['too little time has passed', recordWith(5, { started_at: new Date(START - 100).toISOString() })],
  ])('is unknown while %s', (_, record) => {
    expect(new ProgressHistory().paceOf(record, after(0))).toBeNull();
  });
});

describe('roundTimeLeft', () => {
  it.each([
    [0, 5],
    [0.4, 5],
    [12, 15],
    [61.2, 65],
    [130.2, 131],
    [1800, 1800],
  ])('makes %s seconds %s', (seconds, rounded) => {
    expect(roundTimeLeft(seconds)).toBe(rounded);
  });
});
