import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { isSignedWithKey, isSignedWithSecret, parseToken } from './signed-token';

const SECRET = Buffer.from('s'.repeat(32));
const CLAIMS = { sub: 'ann' };

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function hmacToken(header: unknown, payload: unknown = CLAIMS): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

function keyToken(alg: string, key: KeyObject, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): string {
  const signed = `${encode({ alg })}.${encode(CLAIMS)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding }).toString('base64url')}`;
}

describe('parseToken', () => {
  it.each<[string, object]>([
    ['no type', { alg: 'HS256' }],
    ['the type JWT', { alg: 'HS256', typ: 'JWT' }],
    ['the type of access tokens (RFC 9068)', { alg: 'HS256', typ: 'at+jwt' }],
    ['a type with its first part', { alg: 'HS256', typ: 'application/AT+JWT' }],
    ['members that mean nothing here', { alg: 'HS256', jku: 'https://evil.example', jwk: {}, x5c: [] }],
  ])('parses a token with %s', (_, header) => {
    const token = parseToken(hmacToken(header));

    expect(token.claims).toEqual(CLAIMS);
    expect(isSignedWithSecret(token, SECRET)).toBe(true);
  });

  const forbidden = '"alg":"HS256"';
  it.each<[string, unknown]>([
    ['no algorithm', {}],
    ['the algorithm none', { alg: 'none' }],
    ['an algorithm in other letters', { alg: 'hs256' }],
    ['a list of algorithms', { alg: ['HS256'] }],
    ['a longer HMAC', { alg: 'HS512' }],
    ['an inherited algorithm', `{"__proto__":{${forbidden}}}`],
    ['a critical extension', { alg: 'HS256', crit: ['exp'], exp: 1 }],
    ['no critical extensions, in a list', { alg: 'HS256', crit: [] }],
    ['an unencoded payload', { alg: 'HS256', b64: false, crit: ['b64'] }],
    ['an encoded payload, said by an extension', { alg: 'HS256', b64: true, crit: ['b64'] }],
    ['a member b64 alone', { alg: 'HS256', b64: false }],
    ['the type of a logout token', { alg: 'HS256', typ: 'logout+jwt' }],
    ['the type of a proof of possession', { alg: 'HS256', typ: 'dpop+jwt' }],
    ['a type that is a number', { alg: 'HS256', typ: 7 }],
    ['a key id that is a list', { alg: 'HS256', kid: ['a'] }],
    ['a list', ['HS256']],
    ['a text', '"HS256"'],
    ['null', 'null'],
    ['two objects', `{${forbidden}}{}`],
    ['a byte order mark', `\uFEFF{${forbidden}}`],
  ])('rejects a header that has, or is, %s', (_, header) => {
    expect(() => parseToken(hmacToken(header))).toThrow();
  });

  it.each<[string, unknown]>([
    ['a list', [CLAIMS]],
    ['null', 'null'],
    ['a text', '"ann"'],
    ['nothing', ''],
    ['cut off', '{"sub":"ann"'],
  ])('rejects claims that are %s', (_, payload) => {
    expect(() => parseToken(hmacToken({ alg: 'HS256' }, payload))).toThrow();
  });

  it.each<[string, (header: string, payload: string, signature: string) => string]>([
    ['two parts', (header, payload) => `${header}.${payload}`],
    ['four parts', (...parts) => `${parts.join('.')}.`],
    ['five parts, as an encrypted token has', (...parts) => `${parts.join('.')}.a.b`],
    ['padding', (header, payload, signature) => `${header}.${payload}.${signature}=`],
    ['the other alphabet', (header, payload) => `${header}.${payload}.++//`],
    ['a space', (header, payload, signature) => `${header}. ${payload}.${signature}`],
    ['a line end', (...parts) => `${parts.join('.')}\n`],
    ['letters too many', (header, payload, signature) => `${header}.${payload}.${signature}AA`],
    ['bits that stand for nothing', (header, payload, signature) => `${header}.${payload}.${signature.slice(0, -1)}_`],
    [
      'bytes that are no UTF-8',
      (header, _, signature) =>
        `${header}.${Buffer.from('{"sub":"\xff"}', 'latin1').toString('base64url')}.${signature}`,
    ],
  ])('rejects %s', (_, change) => {
    const [header, payload, signature] = hmacToken({ alg: 'HS256' }).split('.') as [string, string, string];

    expect(() => parseToken(change(header, payload, signature))).toThrow();
  });
});

describe('A token signature', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  it('is verified with a secret for HS256 only', () => {
    expect(isSignedWithSecret(parseToken(hmacToken({ alg: 'HS256' })), SECRET)).toBe(true);
    expect(isSignedWithSecret(parseToken(hmacToken({ alg: 'HS256' })), Buffer.from('t'.repeat(32)))).toBe(false);
    expect(isSignedWithSecret(parseToken(hmacToken({ alg: 'RS256' })), SECRET)).toBe(false);
    expect(isSignedWithSecret(parseToken(`${encode({ alg: 'HS256' })}.${encode(CLAIMS)}.`), SECRET)).toBe(false);
  });

  it('is verified with a key of the matching type', () => {
    const [byRsa, byEc] = [parseToken(keyToken('RS256', rsa.privateKey)), parseToken(keyToken('ES256', ec.privateKey))];

    expect([isSignedWithKey(byRsa, rsa.publicKey), isSignedWithKey(byEc, ec.publicKey)]).toEqual([true, true]);
    expect([isSignedWithKey(byRsa, ec.publicKey), isSignedWithKey(byEc, rsa.publicKey)]).toEqual([false, false]);
    expect(isSignedWithKey(parseToken(keyToken('ES256', rsa.privateKey)), rsa.publicKey)).toBe(false);
    expect(isSignedWithKey(parseToken(keyToken('RS256', ec.privateKey)), ec.publicKey)).toBe(false);
  });

  it.each([
    [
      'of another key of the same type',
      () => [keyToken('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), ec.publicKey],
    ],
    [
      'of a short key',
      () => {
        const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
        return [keyToken('RS256', short.privateKey), short.publicKey];
      },
    ],
    [
      'of another curve',
      () => {
        const other = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
        return [keyToken('ES256', other.privateKey), other.publicKey];
      },
    ],
    ['in DER', () => [keyToken('ES256', ec.privateKey, 'der'), ec.publicKey]],
    [
      'of zeros (CVE-2022-21449)',
      () => [`${encode({ alg: 'ES256' })}.${encode(CLAIMS)}.${Buffer.alloc(64).toString('base64url')}`, ec.publicKey],
    ],
    ['of nothing', () => [`${encode({ alg: 'RS256' })}.${encode(CLAIMS)}.`, rsa.publicKey]],
    ['that was checked with the private key', () => [keyToken('ES256', ec.privateKey), ec.privateKey]],
  ] satisfies [string, () => [string, KeyObject]][])('is rejected %s', (_, signed) => {
    const [token, key] = signed();

    expect(isSignedWithKey(parseToken(token), key)).toBe(false);
  });

  it('does not cover changed claims', () => {
    const [header, , signature] = keyToken('ES256', ec.privateKey).split('.');

    expect(isSignedWithKey(parseToken(`${header}.${encode({ sub: 'eve' })}.${signature}`), ec.publicKey)).toBe(false);
  });
});
