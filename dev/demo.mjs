// @ts-check
// npm run demo: from a fresh clone to exported files, without manual setup.
import { ensureInstalled } from './install.mjs';
import { fail } from './process.mjs';

try {
  await ensureInstalled();
} catch (error) {
  fail(error);
}
await import('./demo/show.mjs');
