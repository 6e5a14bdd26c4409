// @ts-check
// Runs before anything is installed, and on any Node: built-ins that old versions know, nothing else.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadedFonts } from './loaded-fonts.mjs';
import { capture, projectRoot } from './process.mjs';

const buildStamp = join(projectRoot, 'dist/.built-from');
const generatedClient = join(projectRoot, 'src/platform/database/generated');
const generated = [generatedClient, join(projectRoot, 'sdk/src/generated')];
const builtSdk = join(projectRoot, 'sdk/dist/index.js');
const buildInputs = [
  'src',
  ...readdirSync(join(projectRoot, 'prisma'))
    .filter((name) => name.endsWith('.prisma'))
    .map((name) => `prisma/${name}`),
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'swc.build.json',
  'docs/openapi.json',
  'sdk/src',
  'sdk/build.mjs',
  'sdk/cli-description.mjs',
  'sdk/compile-messages.mjs',
  'sdk/package.json',
  'sdk/tsconfig.json',
  'sdk/tsconfig.build.json',
  'web',
  'dev/bundle-web.mjs',
  'dev/compressed-file.mjs',
  'package-lock.json',
];

/** Installs what package-lock.json names, unless it is there already. */
export async function ensureInstalled() {
  requireNode();
  if (isInstalled()) return;
  const modules = join(projectRoot, 'node_modules');
  if (existsSync(modules) && lstatSync(modules).isSymbolicLink()) {
    throw new Error(
      'node_modules is a link to a folder that differs from package-lock.json: run `npm ci` where it points.',
    );
  }
  await runStep('Installing dependencies (npm ci)', 'npm', ['ci', '--no-audit', '--no-fund'], {
    // Older versions of npm run install scripts unasked: keep them from phoning home and downloading.
    DO_NOT_TRACK: '1',
    SCARF_ANALYTICS: 'false',
    PRISMA_SCHEMA_ENGINE_BINARY:
      process.env['PRISMA_SCHEMA_ENGINE_BINARY'] || join(projectRoot, 'prisma/no-schema-engine.sh'),
  });
}

/** Builds dist/, unless it was built from exactly these sources. */
export async function ensureBuilt() {
  const fingerprint = fingerprintOfSources();
  const isBuilt = [generatedClient, builtSdk, buildStamp].every((path) => existsSync(path));
  if (isBuilt && readFileSync(buildStamp, 'utf8') === fingerprint) return;
  // What starts it may be a test: its environment would be built into the pages.
  await runStep('Building (npm run build)', 'npm', ['run', '--silent', 'build'], { NODE_ENV: 'production' });
  writeFileSync(buildStamp, fingerprint);
}

/** Takes dist/ as built from the sources as they are now, whatever it was built from. */
export function acceptBuild() {
  writeFileSync(buildStamp, fingerprintOfSources());
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `Node ${process.versions.node} is too old: this project needs 20.19 or newer. Install one from https://nodejs.org or with your version manager.`,
  );
}

function isInstalled() {
  const hidden = join(projectRoot, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const present = packagesOf(hidden);
  const hasPackages = Object.entries(packagesOf(join(projectRoot, 'package-lock.json'))).every(([path, entry]) =>
    // Packages of other platforms are listed, but never installed here.
    path in present ? present[path]?.version === entry.version : path === '' || entry.optional,
  );
  // An earlier install may have removed a weight that the sources load since.
  return hasPackages && [...loadedFonts()].every((folder) => existsSync(join(projectRoot, 'node_modules', folder)));
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

function fingerprintOfSources() {
  const hash = createHash('sha256');
  for (const file of buildInputs.flatMap((input) => filesIn(join(projectRoot, input)))) {
    hash
      .update(`${relative(projectRoot, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesIn(path) {
  if (!existsSync(path) || generated.includes(path) || path.endsWith('.spec.ts')) return [];
  if (!lstatSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}

/**
 * One line of progress; what the command printed is shown only when it failed.
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
async function runStep(title, command, args, env) {
  const startedAt = Date.now();
  const live = process.stderr.isTTY;
  if (live) process.stderr.write(`${title} …`);
  const { code, output } = await endedWithUs((signal) =>
    capture(command, args, { env: { ...process.env, ...env }, signal, killSignal: 'SIGKILL' }),
  );
  if (code === 127) throw new Error(`\`${command}\` was not found: install Node.js with npm, then try again.`);
  const outcome = code === 0 ? `${((Date.now() - startedAt) / 1000).toFixed(1)} s` : 'failed';
  process.stderr.write(`${live ? '\r' : ''}${title} … ${outcome}\n`);
  if (code !== 0) throw new Error(`${output.trim()}\n\n${title} failed: see the lines above.`);
}

/**
 * After a Ctrl-C npm would go on for half a minute, and meet the next attempt in the same folder.
 * @template Result
 * @param {(signal: AbortSignal) => Promise<Result>} work
 */
async function endedWithUs(work) {
  const interruption = new AbortController();
  const interrupt = () => {
    interruption.abort();
    process.exit(130);
  };
  process.on('SIGINT', interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
