import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The last release: what is upgraded from. CONTRIBUTING.md says when to change it. */
export const RELEASE = { version: '0.1.0', commit: '09621fa35531c41b2ae4cbfab098411ca99e0747' };

const projectRoot = join(__dirname, '../..');
const builds = join(projectRoot, '.stack/builds');
const run = promisify(execFile);
/** What a build is made of; tests and documents are left out. */
const SOURCES = ['package.json', 'package-lock.json', 'nest-cli.json', 'src', 'prisma', 'dev'];
const CONFIGURATION = ['tsconfig.json', 'tsconfig.build.json', 'prisma.config.ts'];

/**
 * The build of the last release, made from the history of this repository unless it is there already.
 * @returns the folder of its checkout, in which `dist` is
 * @throws Error when the history does not reach so far
 */
export async function releasedBuild(): Promise<string> {
  const folder = join(builds, RELEASE.commit);
  if (existsSync(join(folder, 'dist/main.js'))) return folder;
  await requireHistory();
  const unfinished = `${folder}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  try {
    await unpack(unfinished);
    await provideModules(unfinished);
    await run('npm', ['run', '--silent', 'build'], { cwd: unfinished, env: buildEnvironment() });
    // Somebody else may have made it meanwhile.
    if (!existsSync(folder)) await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

async function requireHistory(): Promise<void> {
  try {
    await run('git', ['cat-file', '-e', `${RELEASE.commit}^{commit}`], { cwd: projectRoot });
  } catch {
    throw new Error(
      `Release ${RELEASE.version} (commit ${RELEASE.commit}) is not in this clone, and the upgrade tests run its build. ` +
        'Fetch the whole history: `git fetch --unshallow`, or `fetch-depth: 0` where CI checks out.',
    );
  }
}

async function unpack(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const archive = join(folder, 'sources.tar');
  const paths = [...SOURCES, ...CONFIGURATION];
  await run('git', ['archive', '--output', archive, RELEASE.commit, ...paths], { cwd: projectRoot });
  await run('tar', ['-xf', archive, '-C', folder]);
  await rm(archive);
  // Two packages of one name below one folder confuse jest.
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as object;
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, name: `release-${RELEASE.version}` }));
}

/** The packages of this checkout where the release can run with them, else its own, by its own lock file. */
async function provideModules(folder: string): Promise<void> {
  const modules = join(projectRoot, 'node_modules');
  if (canRunWith(join(modules, '.package-lock.json'), folder)) {
    await symlink(modules, join(folder, 'node_modules'));
    return;
  }
  await run('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder, env: buildEnvironment() });
}

interface Package {
  readonly version?: string;
  readonly optional?: boolean;
  /** Something of our own is in its place. */
  readonly link?: boolean;
}

/** Whether all that the release names is installed in the version that it names. What others brought may be left out. */
function canRunWith(installed: string, folder: string): boolean {
  const present = packagesOf(installed);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const isNamed = (path: string) => path.replace('node_modules/', '') in { ...dependencies, ...devDependencies };
  return Object.entries(packagesOf(join(folder, 'package-lock.json'))).every(([path, { version, optional }]) => {
    const found = present[path];
    if (path === '' || found?.version === version) return true;
    return !isNamed(path) && (found === undefined || found.link === true || optional === true);
  });
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

function packagesOf(lockFile: string): Readonly<Record<string, Package>> {
  return (JSON.parse(readFileSync(lockFile, 'utf8')) as { packages: Record<string, Package> }).packages;
}

/** As `npm ci` runs in dev/install.mjs: nothing is downloaded or reported behind its back. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const noEngine = join(projectRoot, 'prisma/no-schema-engine.sh');
  return { ...process.env, DO_NOT_TRACK: '1', SCARF_ANALYTICS: 'false', PRISMA_SCHEMA_ENGINE_BINARY: noEngine };
}
