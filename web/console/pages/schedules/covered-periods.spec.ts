import { coveredPeriods, wholeDays } from './covered-periods';

const [from, before] = ['2027-03-27T00:00:00.000+02:00', '2027-03-28T00:00:00.000+02:00'];
const yesterday = { value: 'yesterday', from, before };

describe('coveredPeriods', () => {
  it.each([
    ['payments.created_at', from, before],
    ['payments.created_at.eq', from, before],
    ['payments.created_at.gte', from, null],
    ['payments.created_at.gt', before, null],
    ['payments.created_at.lt', null, from],
    ['payments.created_at.lte', null, before],
    ['dateFrom', from, null],
    ['dateTo', null, before],
  ])('reads the bounds of %s', (field, start, end) => {
    expect(coveredPeriods([{ field, ...yesterday }])).toEqual([{ start, end }]);
  });

  it('joins the bounds of a column, and has each period once', () => {
    const today = { value: 'today', from: before, before: '2027-03-29T00:00:00.000+03:00' };

    expect(
      coveredPeriods([
        { field: 'payments.created_at.lt', ...today },
        { field: 'payments.created_at.gte', ...yesterday },
        { field: 'visits.created_at', ...yesterday },
      ]),
    ).toEqual([{ start: from, end: before }]);
  });

  it('has a moment where a relative time is no period', () => {
    expect(coveredPeriods([{ field: 'a.b.gte', value: 'now-1h', from, before: null }])).toEqual([
      { start: from, end: null },
    ]);
  });
});

describe('wholeDays', () => {
  it('names the first and the last day, which is included', () => {
    expect(wholeDays({ start: from, end: '2027-04-01T00:00:00.000+03:00' })).toEqual({
      first: '2027-03-27',
      last: '2027-03-31',
    });
  });

  it('has nothing for periods that begin or end within a day', () => {
    expect(wholeDays({ start: '2027-03-27T03:30:00.000+02:00', end: null })).toBeUndefined();
  });
});
