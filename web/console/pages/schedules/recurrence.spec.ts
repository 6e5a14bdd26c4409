import {
  DEFAULT_RECURRENCE,
  fromRecurrence,
  type RecurrenceDraft,
  type StoredRecurrence,
  toRecurrence,
} from './recurrence';

const draft = (changes: Partial<RecurrenceDraft>): RecurrenceDraft => ({ ...DEFAULT_RECURRENCE, ...changes });
const stored = (changes: Partial<StoredRecurrence>): StoredRecurrence => ({
  frequency: 'daily',
  cron: null,
  at: null,
  weekday: null,
  day_of_month: null,
  ...changes,
});

describe('toRecurrence', () => {
  it.each<[Partial<RecurrenceDraft>, object]>([
    [
      { frequency: 'hourly', minute: '5' },
      { frequency: 'hourly', at: '00:05' },
    ],
    [
      { frequency: 'daily', time: '02:30' },
      { frequency: 'daily', at: '02:30' },
    ],
    [
      { frequency: 'weekly', weekdays: [0] },
      { frequency: 'weekly', at: '02:00', weekday: 0 },
    ],
    [
      { frequency: 'weekly', time: '09:05', weekdays: [5, 1, 1] },
      { frequency: 'cron', cron: '5 9 * * 1,5' },
    ],
    [
      { frequency: 'weekly', weekdays: [0, 1, 2, 3, 4, 5, 6] },
      { frequency: 'daily', at: '02:00' },
    ],
    [
      { frequency: 'monthly', dayOfMonth: '31' },
      { frequency: 'monthly', at: '02:00', day_of_month: 31 },
    ],
    [
      { frequency: 'cron', cron: ' */15 * * * * ' },
      { frequency: 'cron', cron: '*/15 * * * *' },
    ],
  ])('writes %j as the API takes it', (changes, expected) => {
    expect(toRecurrence(draft(changes))).toEqual(expected);
  });

  it.each<Partial<RecurrenceDraft>>([
    { frequency: 'hourly', minute: '60' },
    { frequency: 'hourly', minute: '' },
    { frequency: 'daily', time: '' },
    { frequency: 'weekly', weekdays: [] },
    { frequency: 'monthly', dayOfMonth: '0' },
    { frequency: 'monthly', dayOfMonth: '1.5' },
    { frequency: 'cron', cron: ' ' },
  ])('has nothing for the unfinished %j', (changes) => {
    expect(toRecurrence(draft(changes))).toBeUndefined();
  });
});

describe('fromRecurrence', () => {
  it.each<[Partial<StoredRecurrence>, Partial<RecurrenceDraft>]>([
    [
      { frequency: 'hourly', at: '17:05' },
      { frequency: 'hourly', minute: '5' },
    ],
    [
      { frequency: 'weekly', at: '07:00', weekday: 3 },
      { frequency: 'weekly', time: '07:00', weekdays: [3] },
    ],
    [
      { frequency: 'monthly', at: '00:00', day_of_month: 15 },
      { frequency: 'monthly', time: '00:00', dayOfMonth: '15' },
    ],
    [
      { frequency: 'cron', cron: '5 9 * * 1-3,7' },
      { frequency: 'weekly', time: '09:05', weekdays: [0, 1, 2, 3] },
    ],
    [
      { frequency: 'cron', cron: '0 9 1 * 1' },
      { frequency: 'cron', cron: '0 9 1 * 1' },
    ],
    [
      { frequency: 'cron', cron: '99 9 * * 1' },
      { frequency: 'cron', cron: '99 9 * * 1' },
    ],
    [
      { frequency: 'cron', cron: '*/15 * * * *' },
      { frequency: 'cron', cron: '*/15 * * * *' },
    ],
  ])('reads %j', (given, expected) => {
    expect(fromRecurrence(stored(given))).toMatchObject(expected);
  });

  it.each<Partial<StoredRecurrence>>([
    { frequency: 'hourly', at: '00:59' },
    { frequency: 'daily', at: '23:45' },
    { frequency: 'weekly', at: '01:00', weekday: 0 },
    { frequency: 'monthly', at: '12:00', day_of_month: 31 },
    { frequency: 'cron', cron: '30 2 * * 1,2,3,4,5' },
    { frequency: 'cron', cron: '0 1 L * *' },
  ])('keeps %j when nothing is changed', (given) => {
    expect(toRecurrence(fromRecurrence(stored(given)))).toEqual(given);
  });
});
