// @ts-check
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from './process.mjs';

const file = join(projectRoot, '.stack/secret.env');
const secret = () => randomBytes(32).toString('hex');
const signingKey = () =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');

/** @type {Record<string, () => string>} */
const MAKERS = { JWT_SECRET: secret, LINK_SECRET: secret, ENCRYPTION_KEY: secret, SIGNING_KEY: signingKey };
const NAMES = Object.keys(MAKERS);

/**
 * The secrets of this checkout's embedded stack: those of the environment, else of .stack/secret.env, which is
 * completed with random ones where they are missing.
 * @returns {{ JWT_SECRET: string, LINK_SECRET: string, ENCRYPTION_KEY: string, SIGNING_KEY: string }}
 */
export function developmentSecrets() {
  const kept = existsSync(file) ? read() : {};
  const missing = NAMES.filter((name) => !kept[name]);
  if (missing.length > 0) {
    mkdirSync(dirname(file), { recursive: true });
    for (const name of missing) kept[name] = MAKERS[name]?.() ?? '';
    const lines = Object.entries(kept).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(file, lines.join(''), { mode: 0o600 });
  }
  return /** @type {any} */ (Object.fromEntries(NAMES.map((name) => [name, process.env[name] || kept[name]])));
}

/** @returns {Record<string, string>} */
function read() {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
