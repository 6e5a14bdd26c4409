// @ts-check
// npm run seed [-- --rows 1000000]
import { ensureInstalled } from './install.mjs';
import { fail } from './process.mjs';

try {
  await ensureInstalled();
  const { run } = await import('./seed/run.mjs');
  await run(process.argv.slice(2));
} catch (error) {
  fail(error);
}
