import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import type { PaceLimit } from '../database/pace';
import { isMailAddress } from '../mail/mail-address';
import type { RateLimit } from '../rate-limit';
import { readPrivateKey, readPublicKey } from '../signing/signing-key';

/** The sender of all mail. */
export interface Sender {
  /** May be empty. */
  readonly name: string;
  readonly address: string;
}

export const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** An issuer of OpenID Connect. Tokens name it exactly as it is written, so that nothing is normalised. */
export const oidcIssuer = z.string().refine(
  (value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, hostname, search, hash, username } = new URL(value);
    const isProtected = protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOST.test(hostname));
    return isProtected && search === '' && hash === '' && username === '';
  },
  { error: 'must be a URL that begins with https://, without a query; http:// is for this machine only' },
);

export const databaseUrl = url('postgres:', 'postgresql:');

export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

export const wholeNumber = (least: number, most?: number) => {
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  return z
    .string()
    .transform(Number)
    .refine((value) => Number.isSafeInteger(value) && value >= least && value <= (most ?? Infinity), {
      error: `must be a whole number ${range}`,
    });
};

export const secret = z.string().min(32, 'must have at least 32 characters; `openssl rand -hex 32` makes one');

/** An address, alone or behind a name: `Exports <no-reply@example.com>`. */
export const sender = z.string().transform((value, context): Sender => {
  const [, name = '', bracketed] = /^([^<>\p{Cc}]*)<([^<>]*)>$/u.exec(value) ?? [];
  const address = bracketed ?? value;
  if (isMailAddress(address)) return { name: name.trim(), address };
  context.addIssue({ code: 'custom', message: 'must be like exports@example.com or Exports <exports@example.com>' });
  return z.NEVER;
});

const KEY_BYTES = 32;

const withoutPadding = (base64: string) => base64.replace(/=+$/, '');

/** 32 bytes, as 64 hexadecimal digits or in base64. */
export const encryptionKey = z.string().transform((value, context): Buffer => {
  const key = Buffer.from(value, /^[0-9a-f]{64}$/i.test(value) ? 'hex' : 'base64');
  // Node ignores invalid characters. Encoding the bytes again reveals them.
  const isExact =
    key.toString('hex') === value.toLowerCase() || withoutPadding(key.toString('base64')) === withoutPadding(value);
  if (key.length === KEY_BYTES && isExact) return key;
  context.addIssue({
    code: 'custom',
    message: 'must be 32 bytes as 64 hexadecimal digits or in base64; `openssl rand -hex 32` makes them',
  });
  return z.NEVER;
});

/** The private key that signs: Ed25519, PKCS #8. */
export const signingKey = z.string().transform((value, context): KeyObject => {
  const key = readPrivateKey(value);
  if (key) return key;
  const message = 'must be a private Ed25519 key: PEM (PKCS #8) or its base64 on one line; `npm run keys` makes one';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** A public key that verifies: Ed25519, SPKI. */
export const verificationKey = z.string().transform((value, context): KeyObject => {
  const key = readPublicKey(value);
  if (key) return key;
  const message = 'must be public Ed25519 keys: PEM (SPKI) or its base64 on one line; `npm run keys` shows them';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds, or a number with a unit; `null` for no limit. */
export const duration = z.string().transform((value, context): number | null => {
  if (value === 'off') return null;
  const [, length, unit = 's'] = /^([1-9]\d{0,8})([smhd])?$/.exec(value) ?? [];
  if (length !== undefined) return Number(length) * SECONDS[unit as keyof typeof SECONDS];
  context.addIssue({ code: 'custom', message: 'must be seconds, like 3600, or like 12h (units s, m, h, d), or off' });
  return z.NEVER;
});

export const rateLimit = z.string().transform((value, context): RateLimit | null => {
  if (value === 'off') return null;
  const [, limit, length, unit] = /^([1-9]\d{0,6})\/([1-9]\d{0,4})([smhd])$/.exec(value) ?? [];
  if (limit === undefined || length === undefined || unit === undefined) {
    context.addIssue({ code: 'custom', message: 'must be like 5/15m (5 in 15 minutes; units s, m, h, d) or off' });
    return z.NEVER;
  }
  return { limit: Number(limit), windowSeconds: Number(length) * SECONDS[unit as keyof typeof SECONDS] };
});

/** A maximum number; `null` for no limit. */
export const countLimit = (most: number) =>
  z
    .string()
    .transform((value) => (value === 'off' ? null : Number(value)))
    .refine((value) => value === null || (Number.isSafeInteger(value) && value >= 1 && value <= most), {
      error: `must be a whole number from 1 to ${most}, or off`,
    });

const BYTES: Readonly<Record<string, number>> = { '': 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };

/** A number of bytes, or `null` for no limit. */
export const byteLimit = z.string().transform((value, context): number | null => {
  if (value === 'off') return null;
  const [, number, unit = ''] = /^([1-9]\d{0,14})(KB|MB|GB|TB)?$/.exec(value) ?? [];
  const bytes = Number(number) * (BYTES[unit] ?? NaN);
  if (Number.isSafeInteger(bytes)) return bytes;
  context.addIssue({
    code: 'custom',
    message: 'must be bytes, like 1073741824, 500MB or 1GB (units KB, MB, GB, TB), or off',
  });
  return z.NEVER;
});

/** Rows or bytes a second; `null` for no limit. */
export const pace = z.string().transform((value, context): PaceLimit | null => {
  if (value === 'off') return null;
  const [, rows] = /^([1-9]\d{0,11})rows$/.exec(value) ?? [];
  if (rows !== undefined) return { unit: 'rows', perSecond: Number(rows) };
  const [, number, unit = ''] = /^([1-9]\d{0,8})(KB|MB|GB)$/.exec(value) ?? [];
  if (number !== undefined) return { unit: 'bytes', perSecond: Number(number) * (BYTES[unit] ?? NaN) };
  context.addIssue({
    code: 'custom',
    message: 'must be like 20MB or 50000rows (a second; units KB, MB, GB, rows), or off',
  });
  return z.NEVER;
});

/** `host` and `host:port` mean https. */
export const origins = list.transform((entries, context) =>
  entries.map((entry) => {
    const address = entry.includes('://') ? entry : `https://${entry}`;
    const url = URL.canParse(address) ? new URL(address) : null;
    const isBare = url !== null && url.href === `${url.origin}/` && /^https?:$/.test(url.protocol);
    if (isBare) return url.origin;
    context.addIssue({ code: 'custom', message: `has "${entry}", which is not host, host:port or http://host:port` });
    return z.NEVER;
  }),
);

/** `*`, or origins as in the `Origin` header. `null` is refused, because any page can have it. */
export const corsOrigins = z.string().transform((value, context): readonly string[] | '*' => {
  if (value.trim() === '*') return '*';
  return list.parse(value).map((entry) => {
    const [origin] = /^[a-z][a-z\d+.-]*:\/\/[^/?#@*\s]+(?=\/?$)/i.exec(entry) ?? [];
    if (origin !== undefined && URL.canParse(origin)) {
      const url = new URL(origin);
      // URL has no origin for custom schemes, such as those of mobile apps.
      return url.origin === 'null' ? origin.toLowerCase() : url.origin;
    }
    context.addIssue({
      code: 'custom',
      message: `has "${entry}", which is not an origin: like https://app.example.com`,
    });
    return z.NEVER;
  });
});

const HOST = /^(\[[\da-f:.]+\]|[^\s:/?#@[\]\\]+)(?::(\d{1,5}))?$/i;

/** `host` for all of its ports, or `host:port`, as `URL` writes them. */
export const hosts = list.transform((entries, context) =>
  entries.map((entry) => {
    const [, host, port] = HOST.exec(entry) ?? [];
    if (host !== undefined && URL.canParse(`https://${host}/`)) {
      const { hostname } = new URL(`https://${host}/`);
      return port === undefined ? hostname : `${hostname}:${Number(port)}`;
    }
    context.addIssue({ code: 'custom', message: `has "${entry}", which is not host or host:port` });
    return z.NEVER;
  }),
);

/** Named ranges of Express: https://expressjs.com/en/guide/behind-proxies.html */
const PROXY_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

/** The trusted proxies: addresses, CIDR blocks and the named ranges of Express. */
export const proxies = list.transform((entries, context) => {
  const wrong = entries.find((entry) => !PROXY_RANGES.includes(entry) && !isAddressBlock(entry));
  if (wrong === undefined) return entries;
  context.addIssue({
    code: 'custom',
    message: `has "${wrong}", which is not an address, a CIDR block such as 10.0.0.0/8, or one of ${PROXY_RANGES.join(', ')}`,
  });
  return z.NEVER;
});

function isAddressBlock(entry: string): boolean {
  const [, address = '', prefix] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(entry) ?? [];
  const version = isIP(address);
  if (version === 0) return false;
  return prefix === undefined || (Number(prefix) >= 1 && Number(prefix) <= (version === 4 ? 32 : 128));
}
