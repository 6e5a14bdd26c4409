import { Environment } from './environment';

const NEEDED = {
  DATABASE_URL: 'postgresql://exports:pass@db.example.com:5432/exports',
  JWT_SECRET: 'j'.repeat(32),
  LINK_SECRET: 'l'.repeat(32),
};

describe('Board quota settings', () => {
  it.each([
    [undefined, 1000],
    ['1', 1],
    ['1000000', 1_000_000],
    ['off', null],
  ])('accept numbers: %s', (value, expected) => {
    expect(Environment.parse({ ...NEEDED, BOARDS_PER_USER: value }).BOARDS_PER_USER).toBe(expected);
  });

  it.each([
    [undefined, 1024 ** 3],
    ['1', 1],
    ['64KB', 65_536],
    ['500MB', 500 * 1024 ** 2],
    ['2GB', 2 * 1024 ** 3],
    ['1TB', 1024 ** 4],
    ['off', null],
  ])('accept bytes: %s', (value, expected) => {
    expect(Environment.parse({ ...NEEDED, BOARD_BYTES_PER_USER: value }).BOARD_BYTES_PER_USER).toBe(expected);
  });

  it.each(['0', '-1', '1.5GB', '1 GB', '1gb', '1GiB', '9999999TB', 'OFF', 'none'])('reject %s', (value) => {
    expect(() => Environment.parse({ ...NEEDED, BOARD_BYTES_PER_USER: value })).toThrow(
      'BOARD_BYTES_PER_USER must be bytes, like 1073741824, 500MB or 1GB (units KB, MB, GB, TB), or off',
    );
  });
});
