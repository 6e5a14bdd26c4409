import { networkOf } from './network';

describe('The network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('is for %s: %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it.each([
    undefined,
    '',
    'a proxy',
    '999.1.1.1',
    '1.2.3.4, 5.6.7.8',
    'x'.repeat(9000),
    'fe80::1%eth0',
    '::ffff:1.2.3',
  ])('is the same for everything that is no address: %s', (address) => {
    expect(networkOf(address)).toBe('unknown');
  });
});
