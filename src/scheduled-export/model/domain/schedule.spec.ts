import { nameError } from './schedule';

describe('The name of a schedule', () => {
  it.each(['a', 'daily_transactions', 'Щоденний звіт', '  padded  ', '📈'.repeat(100), 'a/b "c"'])(
    'accepts %j',
    (name) => {
      expect(nameError(name)).toBeNull();
    },
  );

  it.each(['', '   ', 'x'.repeat(101), 'x'.repeat(1000), 'two\nlines', 'nul\0', 'half \ud83d', 'line\u2028separator'])(
    'rejects %j',
    (name) => {
      expect(nameError(name)).toMatch(/^must /);
    },
  );
});
