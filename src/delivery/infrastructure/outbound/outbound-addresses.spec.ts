import type { LookupAddress, LookupOptions } from 'node:dns';
import { OutboundAddresses, OutboundRefusedError } from './outbound-addresses';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example.com': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'private.example.com': ['10.1.2.3'],
  'mixed.example.com': ['93.184.215.14', '127.0.0.1'],
  'mapped.example.com': ['::ffff:93.184.215.14'],
  'hooks.lan': ['192.168.7.7'],
};

/** A name server of the test's own. */
const resolve = (hostname: string): Promise<LookupAddress[]> => {
  const addresses = NAMES[hostname];
  if (!addresses) return Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }));
  return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
};

const addresses = new OutboundAddresses([], resolve);

const lookedUp = (where: OutboundAddresses, url: string, options: LookupOptions = { all: true }, host?: string) =>
  new Promise((done, fail) => {
    where.lookupFor(new URL(url))(host ?? new URL(url).hostname, options, (error, found, family) => {
      if (error) fail(error);
      else done(options.all === true ? found : [found, family]);
    });
  });

describe('OutboundAddresses', () => {
  it.each([
    'https://public.example.com/hook?a=b',
    'https://PUBLIC.example.com.:8443/',
    'https://93.184.215.14/',
    'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/',
    'https://172.15.255.255/',
    'https://172.32.0.1/',
    'https://100.63.255.255/',
    'https://100.128.0.1/',
    'https://192.167.255.255/',
    'https://198.20.0.1/',
    'https://223.255.255.255/',
  ])('allows %s', async (url) => {
    expect((await addresses.check(url)).href).toBe(new URL(url).href);
  });

  it.each([
    // This machine, in all the ways to write it.
    'https://127.0.0.1/',
    'https://127.1/',
    'https://127.255.255.254/',
    'https://0x7f.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://017700000001/',
    'https://127.0.0.1./',
    'https://127。0。0。1/',
    'https://①②⑦.⓪.⓪.①/',
    'https://%31%32%37.0.0.1/',
    'https://0/',
    'https://0.0.0.0/',
    'https://localhost/',
    'https://LOCALHOST:8443/',
    'https://localhost./',
    'https://a.localhost/',
    'https://ⓛocalhost/',
    'https://[::1]/',
    'https://[::]/',
    'https://[0:0:0:0:0:0:0:1]/',
    // Private, shared and link-local networks; the metadata of clouds.
    'https://10.0.0.1/',
    'https://10.255.255.255/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.0.1/',
    'https://100.64.0.1/',
    'https://100.127.255.255/',
    'https://169.254.169.254/latest/meta-data/',
    'https://0xa9fea9fe/',
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://[fd00:ec2::254]/',
    'https://[fec0::1]/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    // Neither a host nor anybody's.
    'https://192.0.0.8/',
    'https://192.0.2.1/',
    'https://198.51.100.1/',
    'https://203.0.113.1/',
    'https://198.18.0.1/',
    'https://198.19.255.255/',
    'https://192.88.99.1/',
    'https://224.0.0.1/',
    'https://239.255.255.255/',
    'https://240.0.0.1/',
    'https://255.255.255.255/',
    'https://[ff02::1]/',
    'https://[100::1]/',
    'https://[2001:db8::1]/',
    'https://[3fff::1]/',
    'https://[5f00::1]/',
    // IPv4 in IPv6 clothes, of a private and even of a public address.
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::ffff:93.184.215.14]/',
    'https://[::127.0.0.1]/',
    'https://[::ffff:0:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b::93.184.215.14]/',
    'https://[64:ff9b:1::1]/',
    'https://[2002:7f00:1::]/',
    'https://[2002:a00:1::1]/',
    'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/',
    // Names.
    'https://private.example.com/',
    'https://private.example.com./',
    'https://mixed.example.com/',
    'https://mapped.example.com/',
    'https://unknown.example.com/',
    'https://hooks.lan/',
  ])('rejects %s, which is not public', async (url) => {
    await expect(addresses.check(url)).rejects.toThrow(OutboundRefusedError);
    await expect(addresses.check(url)).rejects.toThrow('has no public address');
  });

  it.each([
    ['http://public.example.com/', 'must begin with https://'],
    ['ftp://public.example.com/', 'begins with https://'],
    ['file:///etc/passwd', 'begins with https://'],
    ['gopher://127.0.0.1:6379/_FLUSHALL', 'begins with https://'],
    ['javascript:alert(1)', 'begins with https://'],
    ['//public.example.com/', 'begins with https://'],
    ['public.example.com', 'begins with https://'],
    ['https://', 'begins with https://'],
    ['https:///', 'begins with https://'],
    ['', 'begins with https://'],
    [`https://public.example.com/${'x'.repeat(2_048)}`, 'at most 2048 characters'],
    ['https://public.example.com:99999/', 'begins with https://'],
    ['https://[fe80::1%25eth0]/', 'begins with https://'],
    ['https://user@public.example.com/', 'a user or a password'],
    ['https://:secret@public.example.com/', 'a user or a password'],
    ['https://public.example.com@127.0.0.1/', 'a user or a password'],
  ])('rejects %s', async (url, why) => {
    await expect(addresses.check(url)).rejects.toThrow(why);
  });

  it('does not reveal whether a private host name exists', async () => {
    const output = async (host: string) =>
      String(await addresses.check(`https://${host}/`).catch((error: unknown) => error)).replace(host, 'X');

    expect(await output('private.example.com')).toBe(await output('unknown.example.com'));
  });

  it('reports a failed name lookup as temporary', async () => {
    const deaf = new OutboundAddresses([], () => Promise.reject(Object.assign(new Error(), { code: 'EAI_AGAIN' })));

    await expect(deaf.check('https://public.example.com/')).rejects.toThrow('try again later');
  });

  it.each([
    [['hooks.lan'], 'https://hooks.lan/', true],
    [['hooks.lan'], 'http://HOOKS.lan.:8080/', true],
    [['hooks.lan:8080'], 'http://hooks.lan:8080/', true],
    [['hooks.lan:80'], 'http://hooks.lan/', true],
    [['hooks.lan:443'], 'https://hooks.lan/', true],
    [['hooks.lan:8080'], 'http://hooks.lan/', false],
    [['hooks.lan:8080'], 'https://hooks.lan:8081/', false],
    [['hooks.lan'], 'https://other.hooks.lan/', false],
    [['127.0.0.1:9000'], 'http://127.1:9000/', true],
    [['127.0.0.1:9000'], 'http://127.0.0.2:9000/', false],
    [['[::1]:9000'], 'http://[0:0::1]:9000/', true],
    [['hooks.lan'], 'https://user@hooks.lan/', false],
  ])('with %j allowed, %s: %s', async (allowed, url, passes) => {
    const checked = new OutboundAddresses(allowed, resolve).check(url);

    if (passes) await expect(checked).resolves.toBeInstanceOf(URL);
    else await expect(checked).rejects.toThrow(OutboundRefusedError);
  });

  describe('when connecting', () => {
    it('returns the addresses that were checked', async () => {
      const url = 'https://public.example.com/';

      expect(await lookedUp(addresses, url)).toEqual(await resolve('public.example.com'));
      expect(await lookedUp(addresses, url, {})).toEqual(['93.184.215.14', 4]);
      expect(await lookedUp(addresses, url, { family: 6 })).toEqual(['2606:2800:21f:cb07:6820:80da:af6b:8b2c', 6]);
    });

    it('rejects a name that resolves to another address by now', async () => {
      let response = '93.184.215.14';
      const rebound = new OutboundAddresses([], () => Promise.resolve([{ address: response, family: 4 }]));
      await rebound.check('https://rebound.example.com/');

      response = '127.0.0.1';

      await expect(lookedUp(rebound, 'https://rebound.example.com/')).rejects.toThrow(OutboundRefusedError);
    });

    it('accepts any address of an allowed host and its subdomains', async () => {
      const allowing = new OutboundAddresses(['hooks.lan:9000'], resolve);

      expect(await lookedUp(allowing, 'http://hooks.lan:9000/')).toEqual([{ address: '192.168.7.7', family: 4 }]);
      await expect(lookedUp(allowing, 'https://hooks.lan/')).rejects.toThrow(OutboundRefusedError);
      expect(await lookedUp(allowing, 'http://hooks.lan:9000/', {}, 'private.example.com')).toEqual(['10.1.2.3', 4]);
    });
  });
});
