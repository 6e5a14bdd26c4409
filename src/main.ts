import * as nodeModule from 'node:module';
import { join } from 'node:path';

/** Node 22 has the function; the types are those of Node 20. */
interface CompileCache {
  readonly enableCompileCache?: (folder: string) => unknown;
}

// Caches compiled code for the next start, beside the code itself: only trusted users can write there. If the folder is not
// writable, nothing is cached.
(nodeModule as CompileCache).enableCompileCache?.(join(__dirname, '.compiled'));

// Imported dynamically, so that its code is cached too.
void import('./service.ts');
