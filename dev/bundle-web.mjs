// @ts-check
// After the build, of the client too: bundles the scripts for pages of other origins into dist/web: each one file, also compressed as well as it can be.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { messageModule } from '../sdk/compile-messages.mjs';
import { writeCompressed } from './compressed-file.mjs';
import { projectRoot } from './process.mjs';

const scripts = { button: 'web/button/index.ts' };
/** The first versions that have `popover`, `light-dark()` and everything else that the scripts use. */
const browsers = ['chrome123', 'firefox125', 'safari17.5'];

/** What the scripts never use of the client. */
const unused = {
  download: 'export const openDownload = undefined;',
  schedules: 'export class Schedules {}',
  events: 'export class Events {}',
  boards: 'export class Boards {}',
};

const { outputFiles } = await build({
  absWorkingDir: projectRoot,
  entryPoints: scripts,
  outdir: 'dist/web',
  write: false,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: browsers,
  minify: true,
  charset: 'utf8',
  // The licences of the packages within.
  legalComments: 'eof',
  logLevel: 'warning',
  plugins: [
    { name: 'messages', setup: compileMessages },
    { name: 'unused', setup: leaveOutUnused },
  ],
});
await mkdir(join(projectRoot, 'dist/web'), { recursive: true });
await Promise.all(outputFiles.map(({ path, contents }) => writeCompressed(path, contents)));

/**
 * A module called `messages/compiled` has the catalogues of its folder.
 * @param {import('esbuild').PluginBuild} build
 */
function compileMessages({ onResolve, onLoad }) {
  onResolve({ filter: /\/messages\/compiled\.js$/ }, ({ path, resolveDir }) => ({
    path: dirname(join(resolveDir, path)),
    namespace: 'messages',
  }));
  onLoad({ filter: /.*/, namespace: 'messages' }, ({ path }) => ({
    contents: messageModule(path).replace(' as const', ''),
  }));
}

/** @param {import('esbuild').PluginBuild} build */
function leaveOutUnused({ onLoad }) {
  for (const [name, contents] of Object.entries(unused)) {
    onLoad({ filter: new RegExp(`/sdk/dist/${name}\\.js$`) }, () => ({ contents }));
  }
}
