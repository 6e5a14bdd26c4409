// @ts-check
// npm test [-- <arguments of jest>]
import { ensureBuilt, ensureInstalled } from './install.mjs';
import { fail, localProgram, passThrough } from './process.mjs';

// Where an application in the process of a test ends its threads, Node 20 can abort while V8 still optimizes their code in the background.
const V8_OPTIONS = ['--no-concurrent-recompilation'];

try {
  await ensureInstalled();
  await ensureBuilt();
  process.exitCode = await passThrough(process.execPath, [
    ...V8_OPTIONS,
    localProgram('jest'),
    ...process.argv.slice(2),
  ]);
} catch (error) {
  fail(error);
}
