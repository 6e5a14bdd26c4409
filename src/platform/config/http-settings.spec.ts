import { Environment } from './environment';

const NEEDED = {
  DATABASE_URL: 'postgresql://exports:pass@db.example.com:5432/exports',
  JWT_SECRET: 'j'.repeat(32),
  LINK_SECRET: 'l'.repeat(32),
};

const read = (value: string) => Environment.parse({ ...NEEDED, CORS_ORIGINS: value }).CORS_ORIGINS;

describe('MANAGEMENT_PORT', () => {
  const portWith = (variables: Record<string, string>) =>
    Environment.parse({ ...NEEDED, ...variables }).MANAGEMENT_PORT;

  it('is off by default', () => {
    expect(portWith({})).toBeUndefined();
    expect(portWith({ MANAGEMENT_PORT: '9000' })).toBe(9000);
  });

  it.each([
    ['no port', { MANAGEMENT_PORT: '0' }, 'from 1 to 65535'],
    ['that of the API', { PORT: '9000', MANAGEMENT_PORT: '9000' }, 'must differ from PORT'],
    ['the default one of the API', { MANAGEMENT_PORT: '8000' }, 'must differ from PORT'],
  ])('rejects %s', (_, variables, problem) => {
    expect(() => portWith(variables)).toThrow(problem);
  });
});

describe('CORS_ORIGINS', () => {
  it('allows any origin by default', () => {
    expect(Environment.parse(NEEDED).CORS_ORIGINS).toBe('*');
    expect(read('*')).toBe('*');
  });

  it('accepts origins as browsers send them', () => {
    expect(read('HTTPS://App.Example.com:443/, http://localhost:5173,capacitor://localhost')).toEqual([
      'https://app.example.com',
      'http://localhost:5173',
      'capacitor://localhost',
    ]);
  });

  it.each([
    ['a host', 'https://a.example.com,b.example.com'],
    ['any origin beside others', '*,https://a.example.com'],
    ['a pattern', 'https://*.example.com'],
    ['the origin of a sandboxed page, which is anybody’s', 'null'],
    ['a path', 'https://a.example.com/app'],
    ['a user', 'https://user@a.example.com'],
  ])('rejects %s', (_, value) => {
    expect(() => read(value)).toThrow(/CORS_ORIGINS has ".*", which is not an origin: like https:\/\/app.example.com/);
  });
});

describe('TRUSTED_PROXIES', () => {
  const proxiesIn = (value?: string) => Environment.parse({ ...NEEDED, TRUSTED_PROXIES: value }).TRUSTED_PROXIES;

  it('trusts no proxy by default', () => {
    expect(proxiesIn()).toEqual([]);
  });

  it('accepts addresses, CIDR blocks and the named ranges of Express', () => {
    expect(proxiesIn('loopback, linklocal,uniquelocal, 10.1.0.0/16, 2001:db8::/32,192.0.2.7,::1')).toEqual([
      'loopback',
      'linklocal',
      'uniquelocal',
      '10.1.0.0/16',
      '2001:db8::/32',
      '192.0.2.7',
      '::1',
    ]);
  });

  it.each(['true', '1', 'proxy.internal', '10.0.0.0/33', '0.0.0.0/0', '2001:db8::/129', '10.0.0/8', '999.1.1.1', '*'])(
    'rejects %s',
    (value) => {
      expect(() => proxiesIn(`loopback, ${value}`)).toThrow(
        `TRUSTED_PROXIES has "${value}", which is not an address, a CIDR block such as 10.0.0.0/8, or one of`,
      );
    },
  );
});
