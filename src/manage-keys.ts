import type { KeyObject } from 'node:crypto';
import { Config } from './platform/config/config';
import { CommandLine } from './platform/program/command-line';
import { runProgram } from './platform/program/run-program';
import { createSigningKey, formatKey, publicPartOf, toPublicJwk } from './platform/signing/signing-key';

const commandLine = new CommandLine(`Usage: npm run -s keys [-- --public]
  makes a key that signs the manifests of exports, and prints its settings
  --public    prints the public key of SIGNING_KEY instead

Nothing is stored. Set SIGNING_KEY to the same value in every process.`);

/** @throws UsageError | ConfigurationError */
function run(args: readonly string[]): string {
  const { values, positionals } = commandLine.read(args, { public: { type: 'boolean', default: false } });
  commandLine.refuseMore(positionals);
  const { key, publicKeys } = Config.signingOfProcess();
  if (!values.public) return toSettings(key ? [key, ...publicKeys] : publicKeys);
  if (!key) throw commandLine.error('SIGNING_KEY is missing.');
  return `${formatKey(publicPartOf(key))}\n`;
}

/** @param retired the keys before, which the new one replaces */
function toSettings(retired: readonly KeyObject[]): string {
  const key = createSigningKey();
  const lines = [`# key id ${toPublicJwk(key).kid}`, `SIGNING_KEY=${formatKey(key)}`];
  if (retired.length > 0) {
    const keys = retired.map((one) => formatKey(publicPartOf(one)));
    lines.push(
      '# the keys before, so that what they signed can still be verified',
      `SIGNING_PUBLIC_KEYS=${keys.join()}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** `npm run keys`: makes signing keys. */
void runProgram((args) => commandLine.usageFor(args), { run: (args) => Promise.resolve().then(() => run(args)) });
