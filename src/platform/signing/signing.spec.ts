import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { compactVerify, createLocalJWKSet, errors } from 'jose';
import { testConfig } from '../../../test/support/test-config';
import { createSigningKey, formatKey, publicPartOf, readPrivateKey, readPublicKey, toPublicJwk } from './signing-key';
import { SigningKeys } from './signing-keys';

/** The key of RFC 8037, appendix A. */
const RFC_KEY = {
  pkcs8: 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
};

const keysOf = (environment: Record<string, string>) => new SigningKeys(testConfig(environment));

describe('A signing key', () => {
  it('has the thumbprint of RFC 8037 as its id', () => {
    const key = readPrivateKey(RFC_KEY.pkcs8);

    expect(key && toPublicJwk(key)).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      x: RFC_KEY.x,
      kid: RFC_KEY.kid,
      use: 'sig',
      alg: 'EdDSA',
    });
  });

  it('is read from all its forms', () => {
    const key = createSigningKey();
    const pem = key.export({ format: 'pem', type: 'pkcs8' }).toString();
    const publicPem = createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();

    for (const form of [pem, pem.replaceAll('\n', '\\n'), formatKey(key)]) {
      expect(readPrivateKey(form)?.equals(key)).toBe(true);
    }
    for (const form of [publicPem, publicPem.replaceAll('\n', '\\n'), formatKey(publicPartOf(key))]) {
      expect(readPublicKey(form)?.equals(publicPartOf(key))).toBe(true);
    }
  });

  it('is no other key', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const key = createSigningKey();
    const pem = key.export({ format: 'pem', type: 'pkcs8' }).toString();

    for (const form of [
      '',
      'key',
      'a'.repeat(64),
      formatKey(rsa),
      formatKey(publicPartOf(key)),
      `${formatKey(key)}!`,
    ]) {
      expect(readPrivateKey(form)).toBeNull();
    }
    for (const form of ['', formatKey(key), pem, formatKey(publicPartOf(rsa))]) expect(readPublicKey(form)).toBeNull();
  });
});

describe('SigningKeys', () => {
  it('signs so that jose verifies it by the published keys', async () => {
    const keys = keysOf({ SIGNING_KEY: formatKey(createSigningKey()) });

    const jws = keys.sign('{"a":"ї"}', 'export-manifest+jws') ?? '';

    const verified = await compactVerify(jws, createLocalJWKSet({ keys: [...keys.published] }));
    expect(new TextDecoder().decode(verified.payload)).toBe('{"a":"ї"}');
    expect(verified.protectedHeader).toEqual({
      alg: 'EdDSA',
      kid: keys.published[0]?.kid,
      typ: 'export-manifest+jws',
    });
  });

  it('publishes retired keys, so that what they signed can be verified', async () => {
    const old = createSigningKey();
    const jws = keysOf({ SIGNING_KEY: formatKey(old) }).sign('{}', 'export-manifest+jws') ?? '';
    const current = createSigningKey();
    const retired = formatKey(publicPartOf(old));

    const keys = keysOf({ SIGNING_KEY: formatKey(current), SIGNING_PUBLIC_KEYS: retired });

    expect(keys.published.map(({ kid }) => kid)).toEqual([toPublicJwk(current).kid, toPublicJwk(old).kid]);
    await expect(compactVerify(jws, createLocalJWKSet({ keys: [...keys.published] }))).resolves.toBeDefined();
    const withoutRetired = createLocalJWKSet({ keys: keys.published.slice(0, 1) });
    await expect(compactVerify(jws, withoutRetired)).rejects.toThrow(errors.JWKSNoMatchingKey);
  });

  it('publishes no private part, and each key once', () => {
    const key = createSigningKey();

    const keys = keysOf({ SIGNING_KEY: formatKey(key), SIGNING_PUBLIC_KEYS: formatKey(publicPartOf(key)) });

    expect(keys.published).toHaveLength(1);
    expect(JSON.stringify(keys.published)).not.toContain(key.export({ format: 'jwk' }).d);
  });

  it('signs nothing without a key', () => {
    expect(keysOf({}).sign('{}', 'export-manifest+jws')).toBeNull();
    expect(keysOf({}).published).toEqual([]);
  });
});
