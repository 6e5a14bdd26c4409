import { Pace } from './pace';

describe('Pace', () => {
  it('waits for as long as the bytes take at the limit', () => {
    const pace = new Pace({ unit: 'bytes', perSecond: 1000 });

    expect(pace.spend(500, 1)).toBeCloseTo(500, -1);
  });

  it('counts rows if the limit does', () => {
    const pace = new Pace({ unit: 'rows', perSecond: 10 });

    expect(pace.spend(1e9, 20)).toBeCloseTo(2000, -1);
  });

  it('shares the limit with other threads', () => {
    const pace = new Pace({ unit: 'rows', perSecond: 1 });
    const inOtherThread = new Pace({ unit: 'rows', perSecond: 1 }, pace.memory);

    pace.spend(0, 60);

    expect(inOtherThread.spend(0, 60)).toBeCloseTo(120_000, -3);
  });

  it('never waits without a limit', () => {
    expect(new Pace(null).spend(1e12, 1e12)).toBe(0);
  });
});
