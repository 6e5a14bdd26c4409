// @ts-check
// Installs the packed client in a project outside the checkout: `node dev/packed-client.mjs <folder>`.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture, projectRoot } from './process.mjs';

const sdk = join(projectRoot, 'sdk');

/** @typedef {{ code: number, output: string }} Run */

/** What a strict project compiles with: the resolution of Node, and that of bundlers with no types of a browser. */
const SETTINGS = [[], ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'ES2022']];

if (process.argv[1] === fileURLToPath(import.meta.url)) await install(String(process.argv[2]));

/** Compiles a project that uses the packed client, with strict settings. @returns {Promise<Run>} */
export async function compileConsumer() {
  const folder = await mkdtemp(join(tmpdir(), 'sdk-consumer-'));
  try {
    await install(folder);
    /** @type {Run} */
    let run = { code: 0, output: '' };
    for (const settings of SETTINGS) {
      if (run.code === 0) run = await capture(join(sdk, 'node_modules/.bin/tsc'), ['-p', folder, ...settings]);
    }
    return run;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The dependencies of the client are links to those of the checkout. @param {string} folder */
async function install(folder) {
  await expectSuccess('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], sdk);
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  const installed = join(folder, 'node_modules/@export-service/client');
  await mkdir(installed, { recursive: true });
  await expectSuccess('tar', ['-xzf', join(folder, String(tarball)), '--strip-components=1', '-C', installed]);
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), '@types/node']) await link(name, folder);
  await cp(join(sdk, 'test/consumer'), folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
}

/** @param {string} command @param {string[]} args @param {string} [cwd] */
async function expectSuccess(command, args, cwd = projectRoot) {
  const { code, output } = await capture(command, args, { cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${output}`);
}

/** @param {string} name @param {string} folder */
async function link(name, folder) {
  const require = createRequire(join(sdk, 'package.json'));
  const found = (require.resolve.paths(name) ?? []).map((modules) => join(modules, name)).find(existsSync);
  const link = join(folder, 'node_modules', name);
  await mkdir(dirname(link), { recursive: true });
  await symlink(String(found), link);
}
