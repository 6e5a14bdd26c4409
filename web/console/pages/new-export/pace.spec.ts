import { Pace } from './pace';

describe('Pace', () => {
  it('says how fast an export is, and how long it still takes', () => {
    const pace = new Pace();
    pace.add(0, 0);
    pace.add(2_000, 1_000);

    expect([pace.perSecond, pace.secondsLeft(2_000), pace.secondsLeft(null)]).toEqual([500, 2, null]);
  });

  it('knows nothing before a second has passed, or without progress', () => {
    const pace = new Pace();
    pace.add(0, 0);
    pace.add(500, 100);
    expect(pace.perSecond).toBeNull();
    pace.add(12_000, 100);
    expect([pace.perSecond, pace.secondsLeft(200)]).toEqual([null, null]);
  });

  it('begins again with another attempt', () => {
    const pace = new Pace();
    pace.add(0, 0);
    pace.add(2_000, 1_000);
    pace.add(3_000, 10);

    expect(pace.perSecond).toBeNull();
  });
});
