// @ts-check
// After the build: puts the programs that many start, each with the packages that it always needs, into one file. Node
// takes longer to find and read two thousand small files than to run them.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from './process.mjs';

const programs = ['service', 'manage-customers', 'manage-schedules'];

/** What is loaded only when it is needed, or needs its own files beside it: native code, threads, pages, WebAssembly. */
const leftOut = [
  '@aws-sdk/*',
  '@napi-rs/canvas',
  '@prisma/client/*',
  'nodemailer',
  'pdfkit',
  'piscina',
  'sharp',
  'ssh2-sftp-client',
  'swagger-ui-dist',
];

/** What Nest and pg would use if it were there. */
const missing = [
  '@fastify/static',
  '@nestjs/microservices',
  '@nestjs/websockets',
  'class-transformer/storage',
  'pg-native',
];

/** What Nest loads only for HTTP, and a production thread never. */
const onlyForHttp = ['@nestjs/platform-express', 'class-transformer', 'file-type'];

const dist = join(projectRoot, 'dist');
/** @type {import('esbuild').BuildOptions} */
const options = {
  absWorkingDir: dist,
  outdir: dist,
  allowOverwrite: true,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Nest logs and files things by the names of their classes.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  plugins: [{ name: 'own-require', setup: bundleOwnRequires }],
  // A file of CommonJS has no other way to say where it is.
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
};
const external = [...leftOut, ...missing.flatMap((name) => [name, `${name}/*`])];
await build({ ...options, entryPoints: programs.map((name) => `${name}.js`), external });
const { metafile } = await build({
  ...options,
  entryPoints: ['production-thread.js'],
  external: [...external, ...onlyForHttp],
  metafile: true,
});
// A production thread starts quickly and stays small.
const superfluous = Object.keys(metafile.inputs).find((path) =>
  /^[^.]*\/(api|queue)\/|node_modules\/(express|bullmq)\//.test(path),
);
if (superfluous !== undefined) throw new Error(`Production threads must not load ${superfluous}: use sources.ts`);
for (const name of [...programs, 'production-thread']) {
  const file = join(dist, `${name}.js`);
  await writeFile(file, shareNamespaces(escapeToAscii(await readFile(file, 'utf8'))));
}

/**
 * Node reads ASCII faster than other UTF-8, and a single character beyond Latin-1 makes V8 keep two bytes for each character.
 * esbuild leaves such characters in regular expressions and comments.
 * @param {string} source
 */
function escapeToAscii(source) {
  return source.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * esbuild copies all exports of an ES module each time that a CommonJS module requires it, those of Nest hundreds of times. The
 * properties of a copy are getters, so one copy can be shared.
 * @param {string} source
 */
function shareNamespaces(source) {
  const copy = '(mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod)';
  const declaration = `var __toCommonJS = ${copy};`;
  if (!source.includes(declaration)) throw new Error('esbuild declares __toCommonJS in another way');
  // One line, as the source map has it.
  const shared = `((copies) => (mod) => copies.get(mod) ?? copies.set(mod, (${copy})(mod)).get(mod))(new WeakMap())`;
  return source.replace(declaration, () => `var __toCommonJS = ${shared};`);
}

/**
 * Nest's modules make a `require` of their own, of which esbuild knows nothing: what they load by it would be there a second
 * time, beside the bundle, with metadata of its own.
 * @param {import('esbuild').PluginBuild} build
 */
function bundleOwnRequires({ onLoad }) {
  onLoad({ filter: /node_modules\/@nestjs\/.*\.js$/ }, async ({ path }) => {
    const source = await readFile(path, 'utf8');
    return { contents: source.replace('const require = createRequire(import.meta.url);', '') };
  });
}
