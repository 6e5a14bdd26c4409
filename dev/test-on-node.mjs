// @ts-check
// node dev/test-on-node.mjs 24: the unit tests and two journeys on another version of Node, which comes as an npm package.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { capture, fail, passThrough } from './process.mjs';

const runs = [
  ['--selectProjects', 'unit'],
  ['e2e/board-journey', 'e2e/data-journey'],
];

const major = process.argv[2] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'node-'));
try {
  if (!/^\d+$/.test(major)) throw new Error('Usage: node dev/test-on-node.mjs <major version of Node>');
  const bin = await installNode(`node-${process.platform}-${process.arch}`);
  // Programs that start as `node` or by `#!/usr/bin/env node` find this version first.
  process.env['PATH'] = `${bin}${delimiter}${process.env['PATH']}`;
  const { stdout } = await capture('node', ['--version']);
  if (!stdout.startsWith(`v${major}.`)) throw new Error(`The package brought Node ${stdout.trim() || '(none)'}.`);
  for (const args of runs) {
    console.log(`\nNode ${stdout.trim()}: npm test -- ${args.join(' ')}`);
    const code = await passThrough('node', ['dev/test.mjs', ...args]);
    if (code !== 0) throw new Error(`npm test -- ${args.join(' ')} ended with ${code} on Node ${stdout.trim()}.`);
  }
} catch (error) {
  rmSync(folder, { recursive: true, force: true });
  fail(error);
}
rmSync(folder, { recursive: true, force: true });

/** @param {string} packageName @returns {Promise<string>} the folder with the program */
async function installNode(packageName) {
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `${packageName}@${major}`];
  const { code, output } = await capture('npm', args, { cwd: folder });
  if (code !== 0) throw new Error(`${packageName}@${major} could not be installed:\n${output.trim()}`);
  return join(folder, 'node_modules', packageName, 'bin');
}
