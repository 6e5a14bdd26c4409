import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const FONT = 'node_modules/@expo-google-fonts/noto-sans';
const SOURCE = `const SANS = shipped('@expo-google-fonts/noto-sans/400Regular', '@expo-google-fonts/noto-sans/700Bold');`;

describe('An installed checkout', () => {
  let checkout: string;

  beforeEach(async () => {
    checkout = await mkdtemp(join(tmpdir(), 'checkout-'));
    await cp('dev', join(checkout, 'dev'), { recursive: true });
    await write('prisma/schema.prisma', '');
    await write('package-lock.json', JSON.stringify({ packages: { [FONT]: { version: '1.0.0' } } }));
    await write('node_modules/.package-lock.json', JSON.stringify({ packages: { [FONT]: { version: '1.0.0' } } }));
    await write('src/fonts.ts', SOURCE);
    await write(`${FONT}/package.json`, '{}');
    for (const weight of ['300Light', '400Regular', '400Regular_Italic', '700Bold']) {
      await write(`${FONT}/${weight}/Font.ttf`, weight);
    }
  });

  afterEach(() => rm(checkout, { recursive: true, force: true }));

  it('keeps only the font weights that the sources name', async () => {
    await prune();

    expect(await readdir(join(checkout, FONT))).toEqual(['400Regular', '700Bold', 'package.json']);
  });

  it('keeps every font and both sizes of the query compiler without sources', async () => {
    await rm(join(checkout, 'src'), { recursive: true });
    await rm(join(checkout, 'prisma'), { recursive: true });
    const runtime = 'node_modules/@prisma/client/runtime';
    for (const size of ['fast', 'small']) await write(`${runtime}/query_compiler_${size}_bg.postgresql.js`, '');

    await prune();

    expect(await readdir(join(checkout, FONT))).toHaveLength(5);
    expect(await readdir(join(checkout, runtime))).toHaveLength(2);
  });

  it('keeps only the query compilers of PostgreSQL', async () => {
    const runtime = 'node_modules/@prisma/client/runtime';
    const compilers = ['fast_bg.postgresql.js', 'fast_bg.postgresql.wasm-base64.js', 'fast_bg.mysql.wasm-base64.mjs'];
    for (const name of compilers) await write(`${runtime}/query_compiler_${name}`, '');
    await write(`${runtime}/client.js`, '');

    await prune();

    expect(await readdir(join(checkout, runtime))).toEqual([
      'client.js',
      'query_compiler_fast_bg.postgresql.js',
      'query_compiler_fast_bg.postgresql.wasm-base64.js',
    ]);
  });

  it('keeps only the size of the query compiler that the schema names', async () => {
    await write('prisma/schema.prisma', 'generator client {\n  compilerBuild = "small"\n}\n');
    const runtime = 'node_modules/@prisma/client/runtime';
    for (const size of ['fast', 'small']) await write(`${runtime}/query_compiler_${size}_bg.postgresql.js`, '');

    await prune();

    expect(await readdir(join(checkout, runtime))).toEqual(['query_compiler_small_bg.postgresql.js']);
  });

  it('is not installed again afterwards', async () => {
    await prune();

    await ensureInstalled();

    expect(existsSync(join(checkout, 'npm-arguments'))).toBe(false);
  });

  it('is installed again when the sources name a weight that an earlier install removed', async () => {
    await prune();
    await write('src/more-fonts.ts', `const LIGHT = shipped('@expo-google-fonts/noto-sans/300Light');`);

    await ensureInstalled();

    expect(existsSync(join(checkout, 'npm-arguments'))).toBe(true);
  });

  const write = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(join(checkout, path)), { recursive: true });
    await writeFile(join(checkout, path), content);
  };

  const prune = () => run(process.execPath, ['dev/prune-modules.mjs'], { cwd: checkout });

  /** With an npm that only records its arguments. */
  const ensureInstalled = async (): Promise<void> => {
    const programs = join(checkout, 'programs');
    await mkdir(programs);
    await writeFile(join(programs, 'npm'), '#!/bin/sh\necho "$@" > npm-arguments\n', { mode: 0o755 });
    const program = `await (await import('./dev/install.mjs')).ensureInstalled()`;
    await run(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: checkout,
      env: { ...process.env, PATH: `${programs}:${process.env['PATH']}` },
    });
  };
});
