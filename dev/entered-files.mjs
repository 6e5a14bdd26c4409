// @ts-check
// npm run entered-files: which of our own files a request enters on its way to its answer, by V8's coverage.
import { ensureBuilt, ensureInstalled } from './install.mjs';
import { fail } from './process.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
} catch (error) {
  fail(error);
}
await import('./entered-files/report.mjs');
