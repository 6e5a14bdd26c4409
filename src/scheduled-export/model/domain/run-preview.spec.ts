import type { RecurrenceRule } from './recurrence/recurrence-rule';
import { previewRuns } from './run-preview';

const NOW = new Date('2027-01-01T00:00:00Z');

function ruleOf(cron: string): RecurrenceRule {
  return { frequency: 'cron', cron, at: null, weekday: null, dayOfMonth: null, timeZone: 'UTC' };
}

describe('previewRuns', () => {
  it('has as many runs as requested', () => {
    const runs = previewRuns(ruleOf('0 6 * * *'), undefined, 3, NOW);

    expect(runs.map(({ slot }) => slot.toISOString().slice(0, 10))).toEqual(['2027-01-01', '2027-01-02', '2027-01-03']);
  });

  it('stops after fifty years, because rare slots take long to find', () => {
    const runs = previewRuns(ruleOf('0 0 * 2 1#5'), undefined, 50, NOW);

    expect(runs.map(({ slot }) => slot.getUTCFullYear())).toEqual([2044, 2072]);
  });
});
