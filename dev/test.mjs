// @ts-check
// npm test [-- <arguments of jest>]
import { ensureBuilt, ensureInstalled } from './install.mjs';
import { V8_OPTIONS } from '../test/runner/v8-options.cjs';
import { fail, localProgram, passThrough } from './process.mjs';

// Where an application in the process of a test ends its threads, Node 20 can abort while V8 still optimizes their code in the background.
const IN_FOREGROUND = '--no-concurrent-recompilation';

try {
  await ensureInstalled();
  await ensureBuilt();
  process.exitCode = await passThrough(process.execPath, [
    IN_FOREGROUND,
    ...V8_OPTIONS,
    localProgram('jest'),
    ...process.argv.slice(2),
  ]);
} catch (error) {
  fail(error);
}
