// @ts-check
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from './process.mjs';

const file = join(projectRoot, '.stack/secret.env');

/**
 * The secrets of this checkout's embedded stack: those of the environment, else of .stack/secret.env, which is
 * made with random ones when it is missing.
 * @returns {{ JWT_SECRET: string, LINK_SECRET: string }}
 */
export function developmentSecrets() {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    const fresh = ['JWT_SECRET', 'LINK_SECRET'].map((name) => `${name}=${randomBytes(32).toString('hex')}\n`);
    writeFileSync(file, fresh.join(''), { mode: 0o600 });
  }
  const kept = Object.fromEntries(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  return {
    JWT_SECRET: process.env['JWT_SECRET'] || kept['JWT_SECRET'],
    LINK_SECRET: process.env['LINK_SECRET'] || kept['LINK_SECRET'],
  };
}
