// @ts-check
// npm run dev: the service with everything it needs on this machine, reloaded at each change of src/.
import { ensureBuilt, ensureInstalled } from './install.mjs';
import { fail } from './process.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
} catch (error) {
  fail(error);
}
await import('./live/run.mjs');
