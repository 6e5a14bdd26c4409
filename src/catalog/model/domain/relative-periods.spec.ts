import { RelativeFilters } from './relative-periods';
import { ReferenceTime } from './relative-time';

const reference = new ReferenceTime('2027-03-29T00:30:00Z', 'Europe/Kyiv');

describe('RelativeFilters', () => {
  it('resolves every relative time of the filters in the zone, with the offset of its moment', () => {
    const filters = { dateFrom: 'now-1M/M', notes: { created_at: { gte: 'now-7d', in: ['yesterday', '2027-01-01'] } } };

    expect(RelativeFilters.in(filters).periodsAt(reference)).toEqual([
      {
        field: 'dateFrom',
        value: 'now-1M/M',
        from: '2027-02-01T00:00:00.000+02:00',
        before: '2027-03-01T00:00:00.000+02:00',
      },
      { field: 'notes.created_at.gte', value: 'now-7d', from: '2027-03-22T03:30:00.000+02:00', before: null },
      {
        field: 'notes.created_at.in.0',
        value: 'yesterday',
        from: '2027-03-28T00:00:00.000+02:00',
        before: '2027-03-29T00:00:00.000+03:00',
      },
    ]);
  });

  it('ignores what is no filter, what is no relative time, and what is out of range', () => {
    const filters = { notes: { title: 'nowhere', created_at: 'now-99999y', n: 5, at: null } };

    expect(RelativeFilters.in(filters).periodsAt(reference)).toEqual([]);
    expect(RelativeFilters.in('yesterday').periodsAt(reference)).toHaveLength(1);
    expect(RelativeFilters.in(undefined).periodsAt(reference)).toEqual([]);
  });

  it('reads a limited number and depth', () => {
    const many = { notes: { created_at: { in: Array.from({ length: 1_000 }, () => 'today') } } };
    const deep = [...Array(50_000)].reduce<unknown>((inner) => ({ inner }), 'today');

    expect(RelativeFilters.in(many).periodsAt(reference)).toHaveLength(20);
    expect(RelativeFilters.in(deep).periodsAt(reference)).toEqual([]);
  });
});
