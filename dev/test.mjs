// @ts-check
// npm test [-- <arguments of jest>]
import { ensureBuilt, ensureInstalled } from './install.mjs';
import { fail, localProgram, passThrough } from './process.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  process.exitCode = await passThrough(localProgram('jest'), process.argv.slice(2));
} catch (error) {
  fail(error);
}
