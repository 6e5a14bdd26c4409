import { keySegmentOf, nameError } from './schedule-name';

describe('The name of a schedule', () => {
  it.each(['a', 'daily_transactions', 'Щоденний звіт', '  padded  ', '📈'.repeat(100), 'a/b "c"'])(
    'may be %j',
    (name) => {
      expect(nameError(name)).toBeNull();
    },
  );

  it.each(['', '   ', 'x'.repeat(101), 'x'.repeat(1000), 'two\nlines', 'nul\0', 'half \ud83d', 'line\u2028separator'])(
    'is refused: %j',
    (name) => {
      expect(nameError(name)).toMatch(/^must /);
    },
  );

  it.each([
    ['daily_transactions', 'daily_transactions'],
    ['Weekly users', 'Weekly_users'],
    ['Щоденний звіт', 'Щоденний_звіт'],
    ['../../etc/passwd', 'etc_passwd'],
    ['a//b\\c?d#e%f&g', 'a_b_c_d_e_f_g'],
    ['...', 'export'],
    ['📈', 'export'],
    ['v1.2-beta', 'v1.2-beta'],
  ])('is part of a key without being a path: %j', (name, segment) => {
    expect(keySegmentOf(name)).toBe(segment);
  });
});
