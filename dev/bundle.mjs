// @ts-check
// After the build: puts the programs that many start, each with the packages that it always needs, into one file. Node
// takes longer to find and read two thousand small files than to run them.
import { readFile } from 'node:fs/promises';
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

const dist = join(projectRoot, 'dist');
await build({
  absWorkingDir: dist,
  entryPoints: programs.map((name) => `${name}.js`),
  outdir: dist,
  allowOverwrite: true,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: [...leftOut, ...missing.flatMap((name) => [name, `${name}/*`])],
  // Nest logs and files things by the names of their classes.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  plugins: [{ name: 'own-require', setup: bundleOwnRequires }],
  // A file of CommonJS has no other way to say where it is.
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
});

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
