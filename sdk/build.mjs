// @ts-check
// Builds dist/: generates the types of the API and what the command line needs from docs/openapi.json, and the compiled
// messages; then compiles src/.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cliDescriptionModule } from './cli-description.mjs';
import { messageModule } from './compile-messages.mjs';

const sdk = fileURLToPath(new URL('.', import.meta.url));
const generated = join(sdk, 'src/generated');

/** @param {string} program @param {string[]} args */
const run = (program, ...args) => execFileSync(join(sdk, 'node_modules/.bin', program), args, { cwd: sdk });

try {
  mkdirSync(generated, { recursive: true });
  // A field with a default may be left out of a request.
  const schema = ['../docs/openapi.json', '--output', join(generated, 'openapi.ts'), '--default-non-nullable', 'false'];
  run('openapi-typescript', ...schema);
  writeFileSync(join(generated, 'messages.ts'), messageModule(join(sdk, 'src/messages')));
  writeFileSync(join(generated, 'verify-messages.ts'), messageModule(join(sdk, 'src/verify/messages')));
  const description = JSON.parse(readFileSync(join(sdk, '../docs/openapi.json'), 'utf8'));
  writeFileSync(join(generated, 'cli-description.ts'), cliDescriptionModule(description));
  rmSync(join(sdk, 'dist'), { recursive: true, force: true });
  run('tsc', '--project', 'tsconfig.build.json');
} catch (error) {
  const { stdout = '', stderr = '' } = /** @type {import('node:child_process').SpawnSyncReturns<Buffer>} */ (error);
  console.error(`${stdout}${stderr}`.trim() || error);
  process.exitCode = 1;
}
