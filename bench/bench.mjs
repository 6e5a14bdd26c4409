// @ts-check
// npm run bench [-- <name of a bench> …]
import { ensureBuilt, ensureInstalled } from '../dev/install.mjs';
import { fail } from '../dev/process.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
} catch (error) {
  fail(error);
}
await import('./run.mjs');
