// @ts-check
// npm run check:web: how large the pages and scripts for browsers are, and what axe-core finds on each page of the console.
import { ensureBuilt, ensureInstalled } from './install.mjs';
import { fail } from './process.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
} catch (error) {
  fail(error);
}
await import('./web/check.mjs');
