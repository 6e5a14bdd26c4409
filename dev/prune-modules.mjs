// @ts-check
// Removes from node_modules what nothing loads, after an install: most weights of the fonts, what Prisma brings for other
// databases, source maps, sources and tests of large packages, messages of TypeScript in other languages. Without it
// everything works as well, and node_modules is 400 MB larger.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { loadedFonts } from './loaded-fonts.mjs';
import { projectRoot } from './process.mjs';

const modules = join(projectRoot, 'node_modules');
const lockFile = join(modules, '.package-lock.json');

const unread = [
  'effect/src',
  'reka-ui/src',
  'zod/src',
  'rxjs/src',
  'es-toolkit/src',
  '@redocly/openapi-core/src',
  'pdfkit/.yarn',
  'bintrees/test',
  'prisma/build/studio.js',
];

for (const path of [...unusedFonts(), ...unusedPrismaParts(), ...sourceMaps(), ...translations(), ...unread]) {
  rmSync(join(modules, path), { recursive: true, force: true });
}
// npm reads every package again when one is newer than its own list of them.
if (existsSync(lockFile)) utimesSync(lockFile, new Date(), new Date());

/** @returns {string[]} */
function unusedFonts() {
  const loaded = loadedFonts();
  if (loaded.size === 0) return [];
  return entriesOf('@expo-google-fonts').flatMap((font) =>
    entriesOf(font).filter((entry) => isWeight(entry) && !loaded.has(entry)),
  );
}

/** @param {string} path */
function isWeight(path) {
  return /\/\d{3}\w+$/.test(path) && statSync(join(modules, path)).isDirectory();
}

/**
 * Query compilers of databases that are not ours, and of the size that the schema does not name: each comes in several encodings.
 * @returns {string[]}
 */
function unusedPrismaParts() {
  const schema = join(projectRoot, 'prisma/schema.prisma');
  // An image that only runs the service may be installed without sources.
  const text = existsSync(schema) ? readFileSync(schema, 'utf8') : '';
  const size = /compilerBuild\s*=\s*"(\w+)"/.exec(text)?.[1] ?? '\\w+';
  const used = new RegExp(`/query_compiler_${size}_bg\\.postgresql\\.`);
  return ['@prisma/client/runtime', 'prisma/build']
    .flatMap(entriesOf)
    .filter((path) => path.includes('/query_compiler_') && !used.test(path));
}

/** @returns {string[]} */
function sourceMaps() {
  return readdirSync(modules, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(js|mjs|cjs|ts|mts|cts|css)\.map$/.test(path),
  );
}

/** @returns {string[]} */
function translations() {
  return ['typescript/lib', '../sdk/node_modules/typescript/lib']
    .flatMap(entriesOf)
    .filter((path) => statSync(join(modules, path)).isDirectory());
}

/** @param {string} folder @returns {string[]} */
function entriesOf(folder) {
  const path = join(modules, folder);
  return existsSync(path) ? readdirSync(path).map((name) => `${folder}/${name}`) : [];
}
