// @ts-check
// Generates TypeScript from docs/openapi.json, and compiles what a client does with it (dev/client-types/use-cases.ts).
import { join } from 'node:path';
import { capture, localProgram, projectRoot } from './process.mjs';

const folder = join(projectRoot, 'dev/client-types');

for (const [program, ...args] of [
  [
    join(projectRoot, 'sdk/node_modules/.bin/openapi-typescript'),
    join(projectRoot, 'docs/openapi.json'),
    '--output',
    join(folder, 'schema.d.ts'),
  ],
  ['tsc', '--project', folder],
]) {
  const { code, output } = await capture(localProgram(String(program)), args);
  if (code === 0) continue;
  console.error(output.trim());
  process.exitCode = code;
  break;
}
